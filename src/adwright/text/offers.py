"""Claims about the offer: price, free things, delivery, terms, time, stock, money to be had."""

from __future__ import annotations

from adwright.text.families import Family, family
from adwright.text.lexicon import listed

__all__ = ["FREE", "OFFERS"]

_NOT_OF_PRICE = listed(
    """set sets feel feels break breaks hands run hassle stress worry pain risk guilt gluten sugar dairy fat
    salt nut wheat meat lactose alcohol caffeine plastic chemical paraben fragrance cruelty smoke lead acid
    tax duty interest fee rent debt ad"""
)
# "Free" that is said of a price.
FREE = (
    "free"
    + "".join(f"(?<!{word} free)" for word in sorted(_NOT_OF_PRICE))
    + r"(?!-(?:range|standing|flowing|form|style|thinking|spirited|roaming|fall|wheeling))"
    r"(?! (?:speech|will|world|markets?|spirits?|hands?|range|time|thinking|radicals?|up|yourself|you|your"
    r"|the)\b| from (?!\d)| of (?!charge|cost))"
)
_DELIVERED = (
    r"deliver\w*|shipping|shipped"
    r"|ships?(?= (?:to|in|within|from|free|by|on|out|the same|same|next|for)\b| \w+wide)"
)
_POSTED = rf"(?:{_DELIVERED}|postage|posted|courier)"
_PRICE = r"[a-z]{0,2}[$£€₹]\d\S*"
_SUM = rf"(?:{_PRICE}|\d\S*)"
_FAST = r"(?:fast|quick|rapid|express|same[- ]day|next[- ]day|overnight|speedy|24[- ]hour|one[- ]day)"
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH}(?: \d{{1,2}})?|\d{{1,2}}/\d{{1,2}})"
_LAST_DAY = rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH} (\d{{1,2}}))"
_END = r"(?:until|till|by|before|through|to|ends?|ends? on|ending|closes?|close on|expires?)"
# Words that set an end in time, or in number. "Until 8pm" and "up to 20 hours" set none.
_ENDING = (
    rf"{_END} (?:the )?{_DATE}"
    rf"|(?:until|till|by|before|ends?|ends? on|closes?) (?:this |next )?{_WEEKDAY}"
    r"|(?:until|till|by|before) (?:midnight|tonight|tomorrow|christmas|easter|the end of|the first|\w+ ends)"
    r"|(?:last|final) (?:chance|days?|weeks?|weekend|hours|orders?|call)|is the last|deadline|(?:today"
    r"|tomorrow|tonight|this week(?:end)?|this month|one day|weekend) only|only (?:today|this)"
    rf"|ends (?:soon|today|tonight|tomorrow|this \w+)|offer ends|limited[- ]time|{_DATE} only"
)
_FEW = (
    r"limited|(?:first|last) (?:\d+|two|three|four|five|six|eight|ten|twelve)(?! (?:minute|hour|day|week"
    r"|month|year))|(?:\d+|two|three|four|five|six|eight|ten|twelve) (?:\w+ )?(?:places?|spots?|spaces?|left"
    r"|portions|copies)|while (?:stocks?|supplies|it|they) lasts?|few (?:places|left|remaining)|last few"
    r"|small[- ]batch(?:es)?"
)
_EARNED = (
    r"earn\w*|an hour|/ ?h(?:ou)?r|per hour|salary|salaries|wages?|income|interest(?![- ]free)|commission"
    r"|(?:get|are|is|be|well) paid|paid (?:weekly|monthly|hourly|work|training|holiday)|pays? you"
)

OFFERS: tuple[Family, ...] = (
    family(
        "free",
        rf"{FREE}(?<!been free)(?<!to be free)|complimentary"
        r"|at no (?:extra )?(?:cost|charge)|no (?:extra )?(?:cost|charge)|on the house"
        r"|costs? (?:you )?nothing|pays? nothing|nothing to pay|never pay(?! (?:full|more))"
        r"|without (?:paying|charge)|gratis|free of charge|freebies?|giveaways?",
        rf"{FREE}|get-one-free|not charged|[£$€]0(?!\.)",
    ),
    # "Free gift" needs a gift in the grounds: the word behind "free" is no help where they lack it.
    family(
        "free thing",
        r"free (?:[\w-]+ ){0,2}(sampl|demo|gift|consult|quot|estimat)\w*",
        r"(sampl|demo|gift|consult|quot|estimat)\w*",
    ),
    family(
        "free trial",
        r"free (?:[\w-]+ ){0,2}trials?|free (?!(?:[\w-]+ )?(?:a|each|every|per) )(?:[\w-]+ )?(?:month"
        r"|week)s?|(?:try|trial) (?:it )?(?:for )?free",
        r"trials?|free (?:[\w-]+ ){0,2}(?:pilot|try-?out|taster)s?|free (?:for|until|till)"
        r"|(?:days?|weeks?|months?) free|first (?:[\w-]+ ){1,3}(?:is |are )?free",
    ),
    family(
        "discount",
        r"discount\w*|\d+\s?%? off(?!-)|\d+\s?% (?:less|cheaper)|[$£€]\s?[\d.,]+ (?:off|less)|\d+[pc] off"
        r"|never pay (?:full|more)|half[- ]price|promo(?:tional)?s?|markdowns?|clearance|(?:on|big|huge"
        r"|summer|winter|spring|autumn|flash|season|half-yearly|final) sale|sale (?:ends|now|price|prices"
        r"|starts|items)|sales event|sav(?:e|es|ing|ings) (?:(?:up to|over|an extra|you) )?(?:big|on|money"
        rf"|more|today|now|{_SUM})|money[- ]saving|special (?:offer|price|deal)s?|(?:great|exclusive|hot"
        r"|amazing|unbeatable) (?:deals?(?! of)|offers?|prices?)|knockdown|reduced(?! (?:fat|sugar|salt"
        r"|waste|noise|emissions|mobility|calorie))|slashed|lower(?:ed)? prices?|price drop|deals? of the",
        r"(?:half|third|quarter|per ?cent|pounds?|dollars?|euros?|bucks) off|off (?:all|any|every"
        rf"|your (?:first|next|order))|savings of|instead of {_SUM}|(?:pays?|costs?|for) less"
        rf"|price reductions?|sale(?<!for sale)|deals?(?! with| of| in)|was {_PRICE}|coupons?"
        rf"|\d+ for {_PRICE}|(?:two|three|four|five|six|pairs?|packs?) for {_SUM}",
    ),
    family(
        "voucher",
        r"(?:coupon|voucher|promo code|discount code)s?",
        r"(?:coupon|voucher|gift card|gift certificate|code)s?",
    ),
    family("reward", r"bonus(?:es)?|rewards?|cashback", r"cash back|(?:loyalty )?points|stamps?|loyalty \w+"),
    family(
        "cheap",
        r"cheap(?:er|est)?|low (?:prices?|rates?|costs?)|low-cost|affordabl[ey]|budget[- ]friendly"
        r"|inexpensive|great value|value for money|bargains?",
        r"(?:low|lower|lowest|reduced)[- ](?:prices?|rates?|costs?|fees?)|(?:best|good) value|budget|(?:only"
        rf"|just) {_PRICE}|\d+% off|discount\w*|half[- ]price|save money|for less",
    ),
    family(
        "best price",
        r"lowest[- ](?:price[sd]?|rates?|costs?)|price match\w*|(?:best|unbeatable) (?:prices?|values?"
        r"|rates?|deals?|offers?)",
        r"cheapest|beats? any price|lowest",
    ),
    family(
        "guarantee",
        r"guarant\w+|warrant(?:y|ies|ied)|satisfaction|(?:we )?promise[ds]?|certainty",
        r"promis\w+|years?' cover|cover for \d+",
        story=False,
    ),
    family(
        "no risk",
        r"risk[- ]free|no[- ]risk|nothing to lose|without risk|you (?:can't|cannot|won't) lose(?=[.!,;]|$)"
        r"|pay nothing if|if (?:it|you|we)\b[^.!?,]*, (?:you )?pay nothing",
        r"money[- ]back|refund\w*|pay nothing|no risks?|(?:returns?|cancel\w*)(?: [\w-]+){0,3} free"
        r"|free (?:[\w-]+ )?(?:trial|returns?|cancell?ations?)",
        story=False,
    ),
    family(
        "money back",
        r"money[- ]back|full refund|refund(?:s|ed|able)?",
        r"refunding|(?:free|easy|no-quibble|\d+[- ]days?|accept) (?:[\w-]+ )?returns?|returns? (?:is "
        r"|are )?(?:free|accepted|within|it|them)|returned|free (?:[\w-]+ )?cancell?\w*|cancel\w* free"
        r"|pay nothing",
    ),
    family(
        "delivery",
        rf"(?<!free ){_POSTED}",
        rf"{_POSTED}|by post|post (?:it|them|to|your|out)|posts (?:it|them|to|your)|mail(?:ed|s)"
        r"|to your (?:door|home|desk|office)|brought to you(?! by)|we (?:send|bring)|sent to",
        story=False,
    ),
    family(
        "fast delivery",
        rf"{_FAST}(?: and \w+)? {_POSTED}|{_FAST}(?: and \w+)? dispatch"
        r"|(?:deliver\w*|ships|shipped|arrives?) (?:in \d+|the same day|next day|tomorrow|today|overnight)",
        rf"{_FAST}(?: [\w-]+){{0,4}} (?:{_POSTED}|post|dispatch\w*|arriv\w+)"
        r"|(?:deliver\w*|ships?|shipp\w+|arriv\w+|posted|sent|dispatch\w*)(?: [\w-]+){0,5} (?:the same day"
        r"|same[- ]day|next[- ]day|overnight|tomorrow|today|fast|quickly|(?:\d+|one|two|three)(?: working"
        r"| business)?[- ](?:hours?|days?|minutes?))|\d+[- ](?:hour|day"
        r"|minute)s?(?: [\w-]+){0,2} (?:deliver\w*|shipping|dispatch)",
    ),
    family(
        "fast service",
        rf"{_FAST}(?: and \w+)? (?:service|turnaround)",
        rf"{_FAST}|while you wait|(?:in|within|under) (?:an?|one|\d+) (?:hour|day|minute)s?",
    ),
    family(
        "all-inclusive",
        r"all[- ]inclusive|everything (?:is |you need )?included|no extras",
        r"all[- ]in|full board|everything(?: \w+){1,3} included|nothing (?:extra|more) to pay",
        story=False,
    ),
    family(
        "free delivery",
        rf"free (?:(?:and )?(?!and )\w+ ){{0,2}}{_POSTED}|(?:delivered|ships?|shipping|delivery) (?:is |for "
        r"|at )?(?:free|no charge)|no (?:shipping|delivery|postage)",
        rf"free (?:[\w-]+ ){{0,3}}(?:{_POSTED}|post|ship)|(?:{_POSTED}|post"
        rf"|ship)(?: [\w'&£$€-]+){{0,6}} (?:{FREE}(?! (?!in|to|within|on|of|over|across|anywhere|until|when"
        r"|if|for|and|by)\w)|included|on us|(?:for|at) no (?:extra )?(?:charge|cost))"
        r"|includes? (?:[\w-]+ ){0,2}(?:delivery|shipping|postage)",
    ),
    family(
        "free returns",
        r"free (?:(?:and )?(?!and )\w+ ){0,2}returns?|returns? (?:are |is )?free",
        rf"free (?:[\w-]+ ){{0,3}}(?:return|exchange|swap)s?|(?:return|exchange"
        rf"|swap)\w*(?: [\w-]+){{0,5}} {FREE}",
    ),
    family(
        "easy returns",
        r"(?:easy|hassle-free) returns|no-quibble",
        r"returns?|returned|exchange\w*|refund\w*",
    ),
    family(
        "deadline",
        r"(?:today|tomorrow|tonight|this week(?:end)?|one day|weekend) only|(?:only|just) (?:today|this week)"
        r"|final (?:days?|hours?|call)|ends (?:soon|today|tonight|tomorrow|this)|(?:last|final) day|deadline"
        r"|for a short time|one time only|limited[- ]time",
        _ENDING,
        story=False,
    ),
    # A day that ends may be one of those that something runs.
    family(
        "end date",
        rf"ends (?:on )?(?:the )?(?:{_LAST_DAY}|{_DATE}|\w+day)|ends on",
        rf"{_END} (?:the )?{_LAST_DAY}|{_MONTH} \d{{1,2}} (?:to|until|-) (\d{{1,2}})|to {_LAST_DAY}"
        rf"|{_ENDING}",
        story=False,
    ),
    family(
        "scarcity",
        r"limited(?![- ](?:time|company))|while (?:stocks?|supplies|it|they) lasts?|only (?:a few|\d+) left"
        r"|selling (?:out|fast)|almost gone|before (?:it's|they're|it is|they are) gone|(?:last"
        r"|few) (?:remaining|places|spots|seats|tickets)|running out|going fast|won't last",
        _FEW,
        story=False,
    ),
    family(
        "urgency",
        r"last chance|hurry|don't miss(?: out)?|act (?:now|fast)|once in a lifetime|never again",
        f"{_ENDING}|{_FEW}",
        story=False,
    ),
    family(
        "exclusive",
        r"exclusive(?:ly)?|(?:members?|online) only",
        r"only (?:for|to|at|in|online|members)|for members|members'?|private|invit\w+",
        story=False,
    ),
    family(
        "no ties",
        r"no (?:contracts?|commitment|obligation|strings|subscription)|(?:commitment|contract)[- ]free",
        r"cancel(?:lation)? any ?time|free cancell?ation|pay[- ]as[- ]you[- ]go|one[- ]off|one payment"
        r"|month[- ]to[- ]month|without (?:an? |any )?(?:contract|subscription|commitment|obligation)",
        story=False,
    ),
    family(
        "cancel",
        r"cancel (?:any ?time|free|for free|whenever)",
        r"cancel(?:lation)?s?|pause|stop (?:any ?time|whenever)|leave any ?time|skip",
        story=False,
    ),
    family(
        "no charges",
        r"no (?:(?:hidden|set-?up|joining|monthly|annual|admin|call-out) )?(fee|minimum|deposit|credit check"
        r"|sign|hidden)s?(?:[- ]?up)?|(interest|fee|tax)[- ]free",
        r"(?:no|without|zero)(?: an?| any)? (?:[\w-]+ )?(fee|minimum|deposit|credit check|interest|tax)s?"
        r"|(deposit)[- ]free|0% (interest)",
        story=False,
    ),
    family(
        "credit",
        r"0% (?:apr|interest|finance)|pay later|instal?lments?|financing",
        r"financ\w+|apr|instal\w+|interest[- ]free|pay monthly|pay in (?:\d|three|four)|spread the cost",
        story=False,
    ),
    family("for life", r"lifetime|forever|for life", r"for ever|permanent\w*", story=False),
    family(
        "unlimited", r"unlimited", r"no limits?|all you can|as (?:many|much|often)(?: \w+)? as", story=False
    ),
    family(
        "instant",
        r"instant(?:ly)?|immediate(?:ly)?|in (?:seconds|no time|a flash|an instant)|within seconds"
        r"|right away|straight away|at once",
        r"seconds|on the spot|while you wait|(?:one|a) (?:tap|click)",
        story=False,
    ),
    family(
        "in hours",
        r"(?:in|within) (minute|hour|day)s",
        r"(?:\d+|an?|one|two|three|four|five|six|ten)[- ](minute|hour|day)s?",
        story=False,
    ),
    family(
        "same day",
        r"(same|next)[- ]day",
        r"the (same|next) day",
        story=False,
    ),
    family("overnight", r"overnight", r"nights?|by morning", story=False),
    family(
        "always open",
        r"24/7|a?round the clock|24 hours|any time of (?:day|night)|always (?:open|available)",
        r"24[- ]hours?|day and night|day or night|(?:open|available) any ?time",
        story=False,
    ),
    family("on time", r"(?:always )?on time", r"punctual\w*|never late", story=False),
    family(
        "prize",
        rf"win (?:a|an|big|the|up to|cash|money|{_SUM})|(?:cash|big) prizes?|jackpot",
        r"win|wins|prizes?|competition|raffle|sweepstakes?",
        story=False,
    ),
    family(
        "earnings",
        r"(?:make|earn|earning|get paid) (?:money|cash|more|up to|extra)|get rich|passive income"
        r"|(?:double|triple) your|grow your (?:money|income|savings)",
        _EARNED,
        story=False,
    ),
    # A sum that is earned: grounds that offer work or interest may give it without saying "earn".
    family(
        "wage",
        rf"(?:earn|earning|get paid) {_SUM}|make (?:{_PRICE}|\d\S* (?:an?|per|every|each))",
        rf"{_EARNED}|jobs?|hiring|vacanc\w+|host famil\w+|apy|aer|(?:fixed|recurring|term) deposits?"
        r"|certificates? of deposit",
        story=False,
    ),
    family(
        "worldwide",
        r"worldwide|all over the world|across the (?:world|globe)|global(?:ly)?|international(?:ly)?",
        r"around the world|anywhere in the world|(?:\d+|any|every|other) countr(?:y|ies)|abroad|overseas",
        story=False,
    ),
    family(
        "nationwide",
        r"nationwide|all over the country|across the (?:country|uk|us)",
        r"national(?:ly)?|(?:whole|entire) (?:country|uk|us)|uk-wide|mainland|throughout|worldwide"
        r"|anywhere in (?:the )?\w+|every (?:state|county|town)",
        story=False,
    ),
    # "Everywhere you look" is a manner of speaking.
    family(
        "everywhere",
        r"(?:everywhere|anywhere)(?! (?:you|we|they|else))",
        r"everywhere|anywhere|wherever|worldwide|nationwide|portable|any (?:place|room|country)",
        story=False,
    ),
)
