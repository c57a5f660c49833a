"""What a newsroom has besides its feed: the documents that complete its releases, and its history.

    Archive (app's part, one process at a time)
     ├ Looker     looks at documents: new releases at once, again after 5 minutes to 24 hours, old ones when there is time
     │             asking ─ judge (pure) ─ completing (one transaction)
     └ Historian  walks through a newsroom's history, newest first, page by page
                   ways (Via's listing, or older pages of a feed) ─ sorting (pure) ─ keeping (one transaction)

All requests go through `Asking`: the feeds' own fetcher, spaced per host, only to the newsroom's own host, and as its robots.txt
allows. Nothing here alerts anybody: what is new is told by the feed alone.
"""
