"""The words that tell what a number, an address or a line is, in Danish, Norwegian, Swedish, Finnish, German and English."""

from __future__ import annotations

import re

FAX = re.compile(r"\b(?:tele)?(?:fax|faks|faksi|fx)\w{0,10}\b|\btelekopio\w*|\bF(?=\s*[:.]?\s*$)", re.IGNORECASE)
WHATSAPP = re.compile(r"whats\s?app|\bwa(?=\s*:)", re.IGNORECASE)
PHONE = re.compile(
    r"\w*tele(?:f|ph)on\w*|\bt(?:lf|el|el?fn|fn|elf|f)\b|(?:\b|(?<=[a-zæøåäö]))(?:Tlf|Tel|Telefon|Phone|Mobile?|Mob|Cell|Puh|Mobiltelefon)(?=[\W\d]|$)"
    r"|\b(?:phone|mobile?|mobil\w*|mob|cell|cellphone|puh|puhelin|puhelime\w*|gsm|matkapuhelin|handy|ring|ringa|ringe|call|dial|soita|direkte?|"
    r"direct|office|hotline|nummer|numret|nummeret|number|numero|numerossa|numeroon|rufnummer|durchwahl|pressevagt\w*|pressevakt\w*|pressjour\w*|vagthavende|sms)\b"
    r"|\b[TMPDC](?=\s*[:.])",
    re.IGNORECASE,
)
LABEL_TAIL = re.compile(
    r"[\s:.()\-|/,&\d#]*(?:(?:nr|no|nummer|number|numero|og|och|und|and|ja|til|to|till|på|paa|on|at|is|er|är|via)\b[\s:.()\-]*)*$",
    re.IGNORECASE,
)

_NR = r"(?:nr|nummer|numret|nummeret|numero|number|num|no|nro|n°|code|kode|kod|id)"
_ALWAYS = (
    r"cvr|ean|gln|iban|isin|swift|bic|konto|kto|bankkonto|orgnr|bankgiro|plusgiro|postgiro|giro|jnr|journalnr|journal|sagsnr|saksnr|dnr|dnro|diarie|diarienr|diaarinumero|"
    r"hrb|hra|y-tunnus|ly-tunnus|tunnus|duns|cpr|isbn|issn|doi|pmid|swish|mobilepay|mobile\s?pay|vipps|wkn|lei|ust-?id\w*|vat|moms|faktura|meeting\s+id|webinar\s+id|passcode"
)
_NUMBERED = (
    r"se|p|j|id|art|pg|bg|az|vr|pnr|org|organi[sz]ation\w*|organi[sz]asjons\w*|foretaks\w*|sags?|saks?|case|file|ref|reference|referen[sc]e\w*|invoice|order|ordre|tax|ust|steuer|aktenzeichen|person|serie|"
    r"serial|matrikel|registr\w*|registered|company|charity|reg|grant|patent|bevilling\w*|tilladelse\w*|licen[sc]e|dossier|projekt|artikel|kunde|dok\w*|document|tracking|account|journal|diarie|konto|faktura"
)
NOT_A_PHONE = re.compile(
    rf"(?:\b(?:{_ALWAYS})(?:[\s.:/-]*{_NR}\b)?|\b(?:{_NUMBERED})(?:[\s./-]*{_NR}\b|\s*[:#])|(?:sags|saks|journal|konto|kunde|ordre|faktura|person|organi[sz]asjons|organisations|register|kort|serie)(?:nr|nummer|numret|nummeret)\b)"
    r"[\s.:#=)-]*(?:[A-Z]{2}[\s-]?)?$",
    re.IGNORECASE,
)
AMOUNT_BEFORE = re.compile(
    r"(?:[$€£¥§#=№]|\b(?:kr|kroner|dkk|sek|nok|eur|euro|usd|gbp|chf|mio|ca|cirka|omkring|rund|about|some|over|under|p\.?o\.?\s?box|postboks|box|boks|pl|postfach))[\s.:]*$",
    re.IGNORECASE,
)
AMOUNT_AFTER = re.compile(
    r"\s?(?:[%‰€$£°²³]|,\d|(?:kr|kroner|kronor|dkk|sek|nok|eur|euro\w*|usd|chf|mio|mia|mill\w*|mrd|milj\w*|bn|million\w*|billion\w*|pct|procent\w*|prosent\w*|prozent\w*|percent|prosenttia|"
    r"m2|m²|m3|km|kg|tons?|tonnes?|mw|gw|kwh|mwh|stk|st|styck|kpl|personer|people|mennesker|människor|ihmistä|menschen|brugere|users|boliger|timer|hours|aktier|aksjer|shares|osaketta|aktien)\b)",
    re.IGNORECASE,
)

NO = r"(?:ikke|ej|ikkje|inte|ingen|inga|intet|no|not|cannot|can't|don't|ei|eivät|kein\w*|nicht|none|without|uden|uten|utan)"
SMS = r"(?:sms\w*|text\s?messages?|texts|textmeddeland\w*|tekstbesked\w*|tekstmelding\w*|tekstiviest\w*|textnachricht\w*)"
NO_SMS = re.compile(rf"\b{NO}\b[^.\n()]{{0,40}}?\b{SMS}|\b{SMS}[^.\n()]{{0,25}}?\b{NO}\b", re.IGNORECASE)
REMARK = re.compile(
    rf"\b(?:{NO}|{SMS}|kun|bare|bara|endast|only|nur|vain|hverdage?|weekend|helg\w*|døgn\w*|dygn\w*|24\b|jour|vagt|vakt|efter|after|direkte|direct|mobile?|cell|opkald|samtal|office)\b",
    re.IGNORECASE,
)

CUE = re.compile(
    r"(?:for\s+)?(?:yderligere|flere|mer|mere|meir|further|more|additional|weitere|nähere)\s+(?:presse\w*|press|media|medie\w*)?\s*(?:information\w*|informasjon|oplysninger|opplysninger|opplysningar|upplysningar|details|auskünfte)"
    r"|lisätiet\w*|yhteyshenkilö\w*|yhteystie\w*|yhteydenot\w*|rückfragen|ansprechpartner\w*|kontaktperson\w*|\bkontakt\w*|(?:presse|press|media)kontakt\w*|\bcontacts?(?:\s+(?:details|information|us|person))?\b"
    r"|\b(?:press|media|public|investor|general|customer)\s+(?:contacts?|enquir\w+|inquir\w+)|haastattelu\w*|medieyhtey\w*|mediayhtey\w*|henvendelse\w*|förfrågningar",
    re.IGNORECASE,
)
PRESS = re.compile(
    r"press(?!ure)\w*|\bmedia\b|\bmedia\w+|\bmedie\w*|\bmedien\w*|viestin\w*|tiedot(?:us|taja)\w*|kommuni[ck]\w*|communication\w*|public\s+relations|\bpr\b|spokes\w+|öffentlichkeits\w*|talspers\w*|talsmann?\w*|journalist\w*|newsroom",
    re.IGNORECASE,
)
NOT_PRESS = re.compile(
    r"investor\w*|\bir\b|sijoittaja\w*|analytiker\w*|analysts?\b|tilmeld\w*|anmäl\w*|föranmäl\w*|påmeld\w*|ilmoittau\w*|anmeld(?:ung|en)\w*|a[ck]{1,2}redit\w*|akkredit\w*|rsvp|regist(?:er|rer|ration)\w*|sign\s?up|"
    r"public\s+(?:inquir|enquir)\w*|general\s+public|kunde(?:service|center|senter)\w*|kundtjänst\w*|asiakaspalvelu\w*|customer\w*|consumer\w*|borger(?:service|henvendelser|e)\b|omstilling\w*|hovednummer\w*|sentralbord\w*|växel\w*|vaihde\w*|"
    r"switchboard|zentrale\b|broker\w*|\bnomad\b|(?:nominated|corporate|financial)\s+advis[eo]r\w*|certified\s+advis\w*|aktindsigt\w*|innsyn\w*|foi\b|freedom\s+of\s+information|sales\b|salg\b|försäljning|vertrieb|support\b|hotline",
    re.IGNORECASE,
)
DESK = re.compile(
    r"\b(?:\w*press?e?(?:vagt|vakt|vakta|tjänst|tjeneste|service|jour|sekretariat|stelle|kontor|rum|afdeling|avdeling|avdelning|team|telefon|enhed|enhet|funktion|amt|abteilung|center|desk|büro|konsulent|chef)\w*"
    r"|stabsstelle\S*|\w*öffentlichkeitsarbeit|mediedesk\w*|medietelefon\w*|mediapuhelin|mediapäivyst\w*|mediapalvelu\w*|viestintäyksikkö|viestintä\w*|kommunikationsafdeling\w*|kommunikasjonsavdeling\w*|kommunikasjonsenhet\w*|kommunikationsavdelning\w*|"
    r"(?:press|media|news)\s+(?:office|team|desk|service|relations|line|phone|unit|department|bureau)|corporate\s+communications|communications(?:\s*(?:&|and)\s*media\s+relations|\s+(?:unit|department|office|team))|media\s+relations|public\s+affairs|investor\s+relations|public\s+relations)\b",
    re.IGNORECASE,
)


def word_set(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


LEGAL_FORMS = word_set(
    """
    gmbh ag se kg ohg aps a/s as asa ab oy oyj abp ltd limited llc llp lp inc corp corporation plc sa nv bv kgaa spa
    srl sarl pty co ky ry ks amba fmba
    """
)
ORG_WORDS = word_set(
    """
    group gruppe gruppen koncern konzern holding company association foundation institute university college council
    ministry department agency bank party union federation society center centre clinic hospital museum gallery
    theatre network partners capital consulting consult communications technologies systems solutions products
    services markets media forening fonden fond stiftelse stiftelsen kommune kommun region aktiengesellschaft
    gesellschaft verein verband stiftung universität hochschule direktion zentrum säätiö yliopisto kaupunki liitto
    yhdistys
    """
)
_WORDS = word_set(
    """
    and or the of for at in on to by your our us with from please contact contacts kontakt details information info
    phone tel tlf telefon telephone mobile mobil mob fax e-mail email mail epost e-post mejl sähköposti puhelin puh
    web website homepage hjemmeside press presse media medien medier public relations relation corporate
    communications communication investor investors inquiries enquiries inquiry expert perspective head chief director
    manager officer president vice senior junior executive assistant associate deputy svp evp vp ceo cfo coo cto cmo
    cco pr ir founder co-founder chairman chair chairwoman chairperson spokesperson spokesman spokeswoman minister
    secretary editor advisor adviser consultant specialist coordinator lead partner professor lecturer researcher
    marketing sales global international national regional rail mobility product business development services service
    access support general media-relations affairs strategy brand content digital group department office unit team
    desk north south east west northern southern eastern western new great central america americas europe africa asia
    united states kingdom nordic nordics street avenue drive road lane floor suite building box for yderligere flere
    mere oplysninger spørgsmål henvendelse kontaktperson kontakter med venlig hilsen hilsener vennlig mvh kind best
    regards sincerely more further questions see read about source distributed company virtual conferences mer flere
    opplysninger spørsmål pressekontakter frågor vänliga hälsningar lisätietoja lisätiedot yhteyshenkilö
    yhteyshenkilöt yhteystiedot tiedustelut vastaava rückfragen bitte an ansprechpartner ansprechpartnerin
    kontaktperson herr frau mr mrs ms miss dr prof mag dipl juryns statens danmarks norges sveriges suomen den det de
    der die das en et ett ein eine i på og och und ja eller samt via hos til till fra från von vom zum zur bei als som
    du vi i'm we it this that he she monday tuesday wednesday thursday friday saturday sunday mandag tirsdag onsdag
    torsdag fredag lørdag søndag måndag tisdag lördag söndag montag dienstag mittwoch donnerstag freitag samstag
    sonntag january february march april may june july august september october november december januar februar marts
    mars maj mai juni juli oktober dezember desember twitter facebook instagram linkedin whatsapp youtube adresse
    address address: cvr direkte direct note fakta foto photo photos billeder pressefoto læs read download commissioner
    dansk danske danmark denmark nordisk nordiske norsk norske norge norway svensk svenska svenske sverige sweden finsk
    finland deutsche deutschland european europæisk europæiske kongelige erhverv industri industries energi energy power
    metal regioner statistik råd kors barnet bekæmpelse teater teatret
    """
)
_FUNCTION = re.compile(
    r"(?:chef(?:en|in)?|sjef(?:en)?|rådgiver(?:en)?|rådgivar|rådgivare|konsulent(?:en)?|konsult|direktør(?:en)?|direktör(?:en)?|direktor(?:in)?|leder(?:en)?|leiar|ledare|leiter(?:in)?|sekretær(?:en)?|sekreterare|minister(?:en|iet|iets|ium|iums|ie)?|"
    r"ministeriö(?:n)?|johtaja|päällikkö|asiantuntija|toimittaja|tiedottaja|tutkija|sihteeri|koordinaattori|koordinator(?:in)?|ansvarlig|ansvarig|medarbejder|medarbeider|medarbetare|strateg|kommunikatör|formand|forkvinde|leiter|ordförande|ordfører|borgmester|borgermester|"
    r"professor|forsker|forskare|lektor|inspektør|inspektör|inspektion|direktion|kommissar(?:in)?|kommissær(?:en)?|anklager(?:en)?|læge(?:n)?|økonom(?:en)?|jurist(?:en)?|advokat(?:en)?|ingeniør(?:en)?|analytiker(?:en)?|fuldmægtig|ambassadør(?:en)?|sprecher(?:in)?|referent(?:in)?|geschäftsführer(?:in)?|vorstand|vorsitzende[rn]?|redaktør|redaktör|redakteur(?:in)?|talsmand|talsperson|talskvinna|talesperson|"
    r"styrelsen?s?|styrelsens|verket|verkets|myndigheden|myndigheten|direktoratet|nævnet|rådet|departementet|departement|kommunen?s?|regionen|universitet(?:et)?s?|hospital(?:et)?s?|institut(?:tet)?s?|forening(?:en)?s?|universität|virasto|laitos|hallitus|keskus|"
    r"vej|gade|plads|vei(?:en)?|gate|gata(?:n)?|väg(?:en)?|torg|torget|allé|stræde|straße|strasse|strabe|str|weg|platz|"
    r"stelle|arbeit|amt|behörde|abteilung|afdeling(?:en)?|avdeling(?:en)?|avdelning(?:en)?|enhed(?:en)?|enhet(?:en)?|tjeneste(?:n)?|tjänst(?:en)?|vagt(?:en)?|vakt(?:en)?|politi|polizei|polis|poliisi)$"
)


def is_function_word(word: str) -> bool:
    """Whether `word` names a function, an organisation, a label or a place rather than a person."""
    low = word.lower().rstrip(".'’")
    return low in _WORDS or low in ORG_WORDS or low in LEGAL_FORMS or bool(_FUNCTION.search(low)) or bool(PRESS.match(low))


ROLE = re.compile(
    r"\b(?:\w*(?:chef|sjef|rådgiver|rådgivar|rådgivare|konsulent|direktør|direktör|direktor|leder|leiar|ledare|leiter|sekretær|sekreterare|johtaja|päällikkö|asiantuntija|toimittaja|tiedottaja|tutkija|sihteeri|koordinaattori|koordinator|ansvarlig|ansvarig|"
    r"medarbejder|medarbeider|medarbetare|strateg|kommunikatör|formand|ordförande|ordfører|borgmester|professor|forsker|forskare|lektor|inspektør|inspektör|kommissar|kommissær|anklager|læge|økonom|jurist|advokat|ingeniør|analytiker|fuldmægtig|ambassadør|sprecher|referent|geschäftsführer|vorstand|redaktør|redaktör|redakteur|talsmand|talsperson|"
    r"talesperson|minister)(?:en|in|s|n)?|director|manager|officer|president|head|chief|svp|evp|vp|ceo|cfo|coo|cto|cmo|cco|founder|co-founder|chair\w*|spokes\w+|secretary|editor|advis[eo]r|consultant|specialist|coordinator|commissioner|lead|partner|relations|communications|adjunkt)\b",
    re.IGNORECASE,
)
ROLE_STOP = re.compile(
    r"\b(?:kontakt\w*|contact\w*|ring(?:e|a)?|call|til|to|please|bedes|venligst|ota yhteyttä"
    r"|og|och|und|and|eller|or|hos|via|presskontakt|pressekontakt\w*)\b[\s:]*",
    re.IGNORECASE,
)
_MINISTER = (
    r"(?:[\w-]*minister(?:en|n)?|statsråd(?:et)?|borgmester(?:en)?|borgermester(?:en)?|borgmästare\w*|borgarråd\w*|kommissær(?:en)?"
    r"|commissioner|president)"
)
SERVED = re.compile(
    rf"(?:{ROLE.pattern})\s+(?:for|hos|ved|i|af|av|til|to|of|at|with|för|åt|till|vid|på|bei|von)\s+(?:the\s+)?(?:{_MINISTER}\s+)?$"
    rf"|\b(?:for|hos|of|för|åt|bei|von)\s+(?:the\s+)?{_MINISTER}\s+$",
    re.IGNORECASE,
)
"""What stands before whom or what the contact works for: `særlig rådgiver for skatteminister ...`, `professor ved ...`."""
TO_A_DESK = re.compile(
    rf"\b(?:til|to|via|hos|gennem|through|kontakt\w*|contact\w*)\s+(?:the\s+|our\s+|vores\s+)?(?:{DESK.pattern})", re.IGNORECASE
)
AND = re.compile(r"\b(?:og|och|und|and|ja|eller|or|oder|samt|sowie)\b|&", re.IGNORECASE)

TITLE = re.compile(r"^(?:(?:dr|prof|miss|mrs|mr|ms|herr|frau|hr|fru|mag|dipl\.-\w+|ing)\b\.?\s*)+", re.IGNORECASE)

ROLE_START = re.compile(
    r"(?:pr|head|director|manager|chief|public|investor|corporate|communications?|marketing|media|vice|senior|president|ceo|cfo|coo|cto)\b",
    re.IGNORECASE,
)
