"""Word lists: function words, well-known names, modern words and units, profanity.

The dictionary of common English (pyspellchecker's word list, MIT) is a plain list of lower-case
words that also holds first names and cities, so that a list of names is needed beside it. Names
that are everyday words too (Bath, Hope, Turkey) are left out on purpose.
"""

from __future__ import annotations

__all__ = [
    "ACRONYMS",
    "EVERYDAY_NAMES",
    "FUNCTION_WORDS",
    "GENERIC_WORDS",
    "MODERN_WORDS",
    "MONTHS",
    "NAMES",
    "PROFANITY",
    "UNITS",
    "WEEKDAYS",
    "listed",
]


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as running text."""
    return frozenset(text.split())


FUNCTION_WORDS: frozenset[str] = listed(
    """a about above across after again against all almost along already also although always am among an
    and any anyone anything are aren't around as at away back be because been before behind being
    below beneath beside between beyond both but by can can't cannot could couldn't did didn't do
    does doesn't doing don't done down during each either else enough even ever every everyone
    everything except few for from further get gets getting go goes going got had hadn't has hasn't
    have haven't having he he'd he'll he's her here here's hers herself him himself his how however
    i i'd i'll i'm i've if in inside instead into is isn't it it'd it'll it's its itself just let
    let's like ll many may maybe me might more most much must my myself near need needn't neither
    never no nobody none nor not nothing now of off often on once one ones only onto or other others
    our ours ourselves out over own per perhaps please put quite rather re really same shall she
    she'd she'll she's should shouldn't since so some someone something soon still such than that
    that'll that's the their theirs them themselves then there there's these they they'd they'll
    they're they've this those though through till to together too toward towards under until unless
    up upon us very via was wasn't we we'd we'll we're we've were weren't what what's when where
    where's whether which while who who's whoever whole whom whose why will with within without
    won't would wouldn't yes yet you you'd you'll you're you've your yours yourself"""
)

# Words that any text may have: sharing them says nothing of its subject.
GENERIC_WORDS: frozenset[str] = listed(
    """thing things world life lives people person man men woman women guy guys kid kids girl girls boy
    boys way ways day days time times year years love loves loved best better good great amazing
    beautiful beautifully awesome incredible happy happen happens happened make makes made making
    know knows knew think thinks thought want wants wanted need needs see sees seen saw seeing look
    looks looked looking watch watching say says said saying tell tells told talk talks find finds
    found take takes took give gives gave show shows showed feel feels felt come comes came video
    place reason reasons moment minute minutes word words new old little big real true truth right
    wrong better worst bad part lot kind change changes changed believe wonder start starts stop ask
    asks try tries use uses work works help helps turn turns keep keeps live lives living meet hear
    heard share shares learn story stories everybody somebody one two three today tomorrow tonight
    next last first perfect special important simple best-ever ever product offer buy enjoy discover
    experience quality"""
)

WEEKDAYS: dict[str, str] = {
    form: day
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    for form in (day, day + "s", day[:3], {"tuesday": "tues", "thursday": "thurs"}.get(day, day))
}

MONTHS: dict[str, str] = {
    form: month
    for month in (
        *("january", "february", "march", "april", "may", "june"),
        *("july", "august", "september", "october", "november", "december"),
    )
    for form in (month, month[:3], {"september": "sept"}.get(month, month))
}

UNITS: frozenset[str] = listed(
    """am pm hr hrs min mins sec secs mo yr yrs kg g mg lb lbs oz ml cl l km m cm mm ft in sq mph kmh gb mb
    tb kb ghz mhz hz mah kw kwh w v x p c k st nd rd th s mp hp mpg spf cc usb hd uhd qt gal pt ltr
    ppm rpm"""
)

ACRONYMS: frozenset[str] = listed(
    """tv ok diy ceo pdf faq vip id bbq omg wtf lol asap am pm ad bc pc cd dvd gps led lcd usb hd uhd sms
    qr atm hr pr dj mp mpv suv ev url api seo crm it ai vat rsvp ps pa fyi btw tbh nsfw psa gif gifs
    tvs ceos xl xxl xs dna iq gb mb tb spf uv ssd sim vps ssl wifi cv cvs irs hmrc abc eta aka"""
)

# Written as names, and nobody's in particular: kin, the sky, greetings.
EVERYDAY_NAMES: frozenset[str] = listed(
    """mum mums mummy mom moms mommy mam mama mamma ma dad dads daddy pa papa pop granny gran grans nan nans
    nana nanna nani nanny dadi dada grandma grandmas grandpa grandpas grandad granddad grandads grandmother
    grandfather grandmum gramps auntie aunt uncle nonna nonno oma opa abuela abuelo amma appa achan thatha
    paati patti baba babcia yiayia halmoni sis santa moon earth hello bonjour hola ciao namaste aloha"""
)

MODERN_WORDS: frozenset[str] = listed(
    """app apps barista baristas barcode barcodes blog blogs broadband cafe cafes checkout chatbot cloud
    cyber decaf earbud earbuds ebike ebikes ebook ebooks emoji fitness glamping gluten hashtag
    homepage inbox infographic infographics influencer influencers lightbulb login maths meds
    oatmeal onboarding onesie onesies payday podcast podcasts preorder prosecco reusable selfie
    selfies signup skincare smartphone smartphones smartwatch smartwatches sneaker sneakers
    staycation startup startups streaming supercut takeaway tech timelapse trainers unboxing uncut
    upcycle upcycled vegan vegans vape vaping webinar webinars website wellness wifi workflow
    workout workouts zoom adblock backend barbell dataset datasets dropdown frontend jollof
    kettlebell kimchi kombucha matcha minibar multitool onesie oatly paywall quinoa sourdough
    spreadsheet superfood tofu tote turmeric upload uploads uploader could've might've must've
    should've would've that'll there'll what'd where'd how'd who'd y'all 'em cuz yay haha woah whoa
    umm uh huh yep nope meh gonna gotta wanna kinda badass grandkids millennials hijab trans hella
    celeb celebs internets autocorrect crowdfunding cyberbullying meme memes mansplain mansplaining
    twerking unfriend slut playlist playlists takedown toymakers soulmate daycare homeschooling
    doorstep doorbell carpool carpooling resole resoled resoling walk-in unclip unzip mozzie
    mozzies paneer roti rotis biryani dosa dosas idli masala raita tikka gyoza bao pho laksa harissa
    halloumi burrata pancetta churros ceviche shawarma pierogi ciabatta macaron macarons gelato affogato
    cortado macchiato kefir aioli alioli sambal sashimi nori edamame panko chai oolong kurta kurtas puja
    pooja"""
)

PROFANITY: frozenset[str] = listed(
    """arse arsehole arseholes asshole assholes bastard bastards bitch bitches bitching blowjob bollocks
    bullshit cock cocksucker crap crappy cunt cunts damned dick dickhead dyke fag faggot faggots
    fags fuck fucked fucker fuckers fuckface fucking fucks goddamn gook jackass kike motherfucker
    motherfucking nigga niggas nigger niggers paki piss pissed porn prick pussy raghead retard
    retarded retards shit shits shitty shite skank slut sluts slutty spastic spic tits tosser tranny
    trannies twat wank wanker wankers wetback whore whores wtf"""
)

NAMES: frozenset[str] = listed(
    """aaron abby abigail adam adele adrian aisha alan albert alex alexander alexandra alfred alice alison
    amanda amelia amy ana andrea andrew andy angela angelina anita ann anna anne annie anthony
    antonio arnold arthur ashley audrey barack barbara becky ben benjamin bernard bernie beth betty
    bob bobby brad bradley brenda brett brian bruce bryan caitlin carl carla carlos caroline
    catherine cathy charles charlie charlotte chelsea chloe chris christian christina christine
    christopher cindy claire clara claudia colin connor craig cynthia dan daniel danielle danny
    darren dave david deborah denise dennis derek diana diane diego dolly donald donna dorothy doug
    douglas dustin dylan eddie edith eduardo edward eileen elaine eleanor elena elijah elizabeth
    ella ellen ellie elon elsa emily emma eric erica erik erin ethan eva evan evelyn felix fiona
    florence fran frances francesca francis francisco fred freddie gabriel gareth gary gavin george
    gerald gina glenn gloria gordon graham greg gregory hannah harold harriet harry harvey heidi
    helen henry howard hugh ian ibrahim irene isaac isabel isabella jack jackie jackson jacob jake
    james jamie jane janet janice jared jasmine jason jeff jeffrey jen jenna jennifer jenny jeremy
    jerry jesse jessica jesus jill jim jimmy joan joanna joe joel john johnny johnson jon jonathan
    jones jose joseph josh joshua juan judith judy julia julian julie justin karen kate katherine
    kathleen kathryn kathy katie kayla keith kelly ken kenneth kevin kim kimberly kirsten kris
    kristen kyle larry laura lauren laurie leah leo leon leonard leonardo leslie liam linda lindsay
    lisa liz logan louis louise lucas lucy luis luke lynn madison malala malcolm mandela marc marcus
    margaret maria marie marilyn mario marilyn marissa martha martin marvin mary matt matthew
    maureen megan melanie melinda melissa meryl michael michelle miguel mike mia mohamed mohammed
    molly monica morgan muhammad nadia nancy naomi natalie nathan neil nelson nicholas nicolas
    nicole nigel nina noah nora norman oliver olivia omar oprah oscar owen pamela patricia patrick
    paul paula pedro peter phil philip phillip phoebe priya rachel rahul ralph rebecca reginald
    ricardo richard rick ricky rita robert roberta roberto rodney roger ronald ronnie rosa ross roy
    russell ruth ryan sabrina sally sam samantha samuel sandra sara sarah scott sean seth shakira
    sharon shaun sheila shirley simon simpson smith sofia sonia sophia sophie stacey stanley stella
    stephanie stephen steve steven stewart stuart susan suzanne sylvia tamara tanya tara taylor ted
    teresa terry theodore theresa thomas tim timothy tina todd tom tommy tony tracey tracy travis
    trevor tyler valerie vanessa veronica victoria vincent virginia vivian vladimir walter wanda
    wayne wendy wesley william williams yolanda yvonne zach zachary zoe obama clinton bush trump
    biden reagan kennedy lincoln putin gandhi hitler einstein darwin shakespeare beethoven mozart
    picasso newton galileo beyonce rihanna madonna bieber kardashian colbert oprah ellen degeneres
    spielberg hoffman aniston dicaprio swift minaj disney potter hogwarts barbie batman superman
    spiderman shrek pokemon africa african afghan afghanistan alabama alaska albania algeria
    amazonia america american americans amsterdam angola antarctica arab arabia arctic argentina
    arizona arkansas armenia asia asian athens atlanta atlantic auckland austin australia australian
    austria austrian azerbaijan baghdad baltimore bangkok bangladesh barcelona beijing belfast
    belgian belgium berlin birmingham bolivia bombay boston botswana brazil brazilian brisbane
    bristol britain british broadway brooklyn brussels budapest bulgaria burma cairo calcutta
    calgary california cambodia cambridge cameroon canada canadian canadians cardiff caribbean
    carolina catalonia chicago chile china chinese cincinnati cleveland colombia colorado columbus
    congo connecticut copenhagen cornwall croatia cuba cuban cyprus czech dakota dallas danish
    delaware delhi denmark denver detroit devon dubai dublin dutch ecuador edinburgh egypt egyptian
    england english ethiopia europe european finland finnish florida france french geneva georgia
    german germany ghana glasgow greece greek greenland guatemala haiti hamburg harlem havana hawaii
    helsinki hollywood honduras houston hungarian hungary iceland idaho illinois india indian
    indiana indonesia iowa iran iranian iraq iraqi ireland irish islam islamic islamabad israel
    israeli istanbul italian italy jamaica japan japanese jerusalem jewish johannesburg jordan
    kansas kentucky kenya kiev kolkata korea korean kyoto lagos latin lebanon leeds lisbon liverpool
    london louisiana luxembourg lyon madrid maine malaysia manchester manhattan marseille maryland
    massachusetts mediterranean melbourne memphis mexican mexico miami michigan milan milwaukee
    minneapolis minnesota mississippi missouri mongolia montana montreal morocco moscow mumbai
    munich muslim muslims naples nashville nebraska nepal netherlands nevada newcastle nigeria
    nigerian norway norwegian nottingham ohio oklahoma ontario oregon orlando oslo ottawa oxford
    pacific pakistan pakistani palestine palestinian panama paris pennsylvania persian peru
    philadelphia philippines phoenix pittsburgh poland portland portugal portuguese prague qatar
    quebec queens rio roman romania rome russia russian russians sacramento sahara salem scandinavia
    scotland scottish seattle senegal serbia shanghai sheffield siberia singapore spain spanish
    stockholm sudan sweden swedish swiss switzerland sydney syria syrian taiwan taiwanese tanzania
    tasmania texas thai thailand tibet tokyo toronto tunisia turin turkish tuscany uganda ukraine
    ukrainian uruguay utah vancouver vatican venezuela venice vermont vienna vietnam vietnamese
    wales warsaw washington wisconsin wyoming yemen yorkshire zealand zimbabwe zurich usa uk eu nyc
    christmas easter halloween thanksgiving hanukkah ramadan diwali valentine valentine's olympics
    wimbledon amazon android adidas airbnb apple's bbc boeing cnn coca cola costco dell ebay etsy
    facebook fedex ferrari ford gmail google harvard hbo heineken honda hyundai ibm ikea instagram
    intel iphone jeep kickstarter kodak lego lexus linkedin mastercard mcdonald's mcdonalds mercedes
    microsoft monsanto nasa netflix nike nintendo nissan nokia paypal pepsi photoshop pinterest
    playstation porsche reddit rolex samsung shopify sony spotify starbucks tesco tesla tiktok
    toyota twitter uber unicef verizon volkswagen volvo walmart whatsapp wikipedia xbox yahoo yelp
    youtube buddhist catholic christian christians hindu jew jews obamacare congress republican
    republicans democrat democrats senate pentagon"""
)
