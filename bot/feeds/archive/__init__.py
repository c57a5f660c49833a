"""What a newsroom has besides its feed: the documents that complete its releases, and its history.

    Archive (app's part, one process at a time)
     ├ Looker     looks at documents: new releases at once, again after 5 minutes to 24 hours, old ones when there is time;
     │             asking ─ judge (pure) ─ completing (one transaction)
     │             where there are none, once at the release's own page, which corrects nothing (own_page)
     └ Historian  walks through a newsroom's history, newest first, page by page
                   ways ─ sorting (pure) ─ keeping (one transaction)
                    ├ Via's listing
                    └ older pages of a feed, and where they end: sitemaps ─ route (pure); which pages are releases is learnt from
                      the addresses that the feed gave (reading/shape), and they are read by what they state (reading/page)

All requests go through `Asking`: the feeds' own fetcher, spaced per host, only to the newsroom's own site (sitemaps also where its
robots.txt says that they are), and as its robots.txt allows. Nothing here alerts anybody: what is new is told by the feed alone.
"""
