"""Word lists of the simulated market: what its audiences notice in a text. Data, no behaviour."""

from __future__ import annotations

__all__ = [
    "ACTIONS",
    "BRAND_ENDS",
    "BRAND_LEADS",
    "CLAIMS",
    "CONTRAST",
    "DANGLING",
    "DATES",
    "FLAT",
    "FUNCTION",
    "IMPERATIVES",
    "NEW_TOWNS",
    "NUMBER_WORDS",
    "READER",
    "REASSURANCE",
    "SEASONS",
    "SENSES",
    "SHORT_DATES",
    "TIME",
    "TOWNS",
    "UNCOUNTED",
    "URGENCY",
    "WARMTH",
]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


READER = _words("you your yours yourself you're you'll you've you'd")

ACTIONS = _words(
    "apply ask book bring buy call check choose claim collect come contact discover donate "
    "download drop find get give grab join learn look make meet order pick play reserve ride "
    "save see send shop sign start step stop subscribe swap take taste text try visit walk"
)
"""First words of a call to action."""

IMPERATIVES = ACTIONS | _words(
    "add answer arrive be breathe browse build camp carry catch celebrate change charge climb "
    "close connect cook cover cut dance do don't drink drive earn eat enjoy explore fall feel "
    "file finish fit fix forget gather go grow hand have hear help hire host imagine keep know "
    "lace leave let listen log lose love measure move open pack park pay peel photograph "
    "picture pitch plan plant pour press price publish put quit read relax remember remind rent "
    "replace return rinse run scan share show sing sit skip sleep sort sow speak spend split "
    "stay study subscribe swim tap teach tell thaw think track trade treat turn unclip update "
    "use wake want wash watch wear wheel work write"
)

WARMTH = _words(
    "love loves loved smile smiles family families friend friends mum dad kids child children "
    "home together enjoy relax happy happier dream dreams breathe calm calmer proud joy laugh "
    "laughing hug heart kind kinder care hope weekend holiday baby favourite favorite treat "
    "deserve remember little cosy cozy welcome gift worry peace daughter son sofa bedtime "
    "cherish thank"
)

SENSES = _words(
    "smell taste feel hear sound listen soft warm crisp fresh bright dark glow golden quiet "
    "loud sweet smooth rough cold hot sun sunrise sunlight stars moonlit rain muddy dusty steam "
    "simmered roasted baked crunchy fragrant colour color colours colors shine sparkling cedar "
    "oak linen wool scent leather garden sea beach summit grass blur wet dry splash wind snow"
)

FLAT = _words(
    "solution solutions quality service services provide provides providing offers offering "
    "available leading professional professionals range customer customers various products "
    "product experience pleased information assist assistance purchase require requires "
    "commence commences select receive obtain priced terms conditions website contact enquire "
    "approximately details serving needs convenient wide excellence innovative dedicated "
    "satisfaction competitive premium delighted committed featuring utilise"
)

REASSURANCE = _words(
    "free cancel return returns trial easy simple guarantee guaranteed warranty welcome "
    "beginner beginners learn teach training never refund included swap pause skip stop nothing "
    "whenever sample samples checked certified qualified support"
)

TIME = _words(
    "minutes minute hours hour hourly today tonight tomorrow quick quickly fast instant seconds "
    "same-day ready weekday weekdays lunch morning evening online phone tap same delivered "
    "collect"
)

URGENCY = _words("until last left only now today ends closes deadline before by till tonight soon limited")

CONTRAST = _words(
    "not instead without skip swap but less more forget don't no nobody isn't doesn't rest drop "
    "stop quit rather trade"
)

SEASONS: dict[str, tuple[frozenset[int], frozenset[str]]] = {
    "winter": (
        frozenset((49, 50, 51, 52, 53, 1, 2, 3, 4, 5, 6, 7, 8)),
        _words(
            "winter snow cosy cozy warm fireside christmas december january february candle wool merino "
            "indoor indoors tax ramen steam roast flu sweater boots"
        ),
    ),
    "spring": (
        frozenset(range(9, 22)),
        _words(
            "spring garden sow seed seeds plant wildflowers easter march april may fresh bloom apple "
            "trees bike bikes lawn cycling walk trail clean"
        ),
    ),
    "summer": (
        frozenset(range(22, 36)),
        _words(
            "summer sun beach pool swim june july august camp camping tent picnic sunscreen outdoors "
            "kayak festival holiday holidays lake afloat paddle waterproof linen"
        ),
    ),
    "autumn": (
        frozenset(range(36, 49)),
        _words(
            "autumn fall september october november school course class lessons learn evening harvest "
            "rain soup desk nursery preschool science"
        ),
    ),
}
"""Season: (its ISO weeks, words of its theme)."""

CLAIMS = _words(
    "free guarantee guaranteed warranty award-winning award best cheapest lowest certified "
    "qualified discount sale bargain refund unlimited exclusive organic vegan clinically proven "
    "miracle instant lifetime bonus voucher prize win fastest top-rated world-class safest "
    "healthiest expert experts unbeatable"
)
"""Words that promise something and must rest on the brief."""

DATES = _words(
    "monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays "
    "thursdays fridays saturdays sundays january february april june july august september "
    "october november december christmas easter"
)

SHORT_DATES = _words("mon tue wed thu fri sat sun jan feb mar apr jun jul aug sep sept oct nov dec")

NUMBER_WORDS: dict[str, str] = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "fifteen": "15",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
}

FUNCTION = _words(
    "a an the this that these those and or but nor so yet if when while as than then because to "
    "of in on at by for from with without into over under up down out off about after before "
    "until till between within through per i me my we us our ours you your yours he she it its "
    "they them their who what which where why how is are was were be been being am do does did "
    "done have has had having can could will would shall should may might must not no yes all "
    "any both each every few more most other some such only own same too very just also there "
    "here one ones it's we're we'll we've you're you'll you've they're there's that's who's "
    "what's isn't doesn't don't can't won't didn't haven't let's ever again even still once "
    "first"
)

DANGLING = _words("a an the and or but to of at by for from with into your our my their its is are was than")
"""A text that ends on one of these was cut off."""

BRAND_LEADS = _listed(
    "Ack Bel Bran Cald Corr Dell Dren El Fal Farn Gar Glen Hal Hav Ild Jor Kel Kirr Lang Lor Mal "
    "Mer Nev Orr Pell Penn Quor Rav Roth Sel Tam Thorn Ull Vel Wald Wim Yar Zel"
)
"""Invented company names begin so"""

BRAND_ENDS = _listed(
    "amere beck bourne combe dale den gate holt ingham kin low mere mont nell ora ridge row sby "
    "stead vane wick wold yard"
)
"""and end so."""

TOWNS = _listed(
    "Denby Whitsand Porthenys Lynbury Hexley Dorrance Kelm Ardley Norwich Derby Leeds Boise Tampa "
    "Dayton Tulsa Portland Asheville Exeter Doncaster Dorchester Salem Tempe Stroud Ludlow "
    "Northfold"
)
"""Places of the corpus that a campaign may change"""

NEW_TOWNS = _listed(
    "Marrow Oakhaven Brindle Tarrant Selbrook Wexcombe Hollin Penmoor Ashmarsh Corran Elstow "
    "Fenwold Graythorpe Hatherby Inverlea Kingsmere Lowisk Netherby Overlyn Pinelow Quarley "
    "Rosewell Stanmere Thornby Uppercot Westerby"
)
"""for one of these."""

UNCOUNTED = _listed("ing food litter wallpaper staff software cream ramen sunscreen oil lunch delivery")
"""Ends of product names that take no "a"."""
