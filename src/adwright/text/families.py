"""Families of claims: the words that make one, and the words in source or brief that allow it."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["FAMILIES", "Family"]


@dataclass(frozen=True)
class Family:
    """A family of claims.

    Attributes:
        name: what is claimed.
        claim: pattern of words that make the claim.
        support: pattern of words in the grounds that allow it.
        story: whether it counts in headlines of stories, which praise and compare freely.
    """

    name: str
    claim: re.Pattern[str]
    support: re.Pattern[str]
    story: bool = True


def _family(name: str, claim: str, support: str = "", *, story: bool = True) -> Family:
    flags = re.IGNORECASE
    both = f"(?:{claim})|(?:{support})" if support else claim
    return Family(
        name,
        re.compile(rf"(?<![\w-])(?:{claim})(?!\w)", flags),
        re.compile(rf"(?<!\w)(?:{both})", flags),
        story,
    )


FAMILIES: tuple[Family, ...] = (
    _family(
        "free",
        r"(?<!set )(?<!sets )(?<!feel )(?<!feels )"
        r"(?<!break )(?<!breaks )(?<!hands )(?<!been )(?<!be )(?<!are )(?<!run )"
        r"(?<!hassle )(?<!stress )free(?! (?:from"
        r"|time|speech|will|world|market|markets|spirit|hand|hands|range|of (?!charge|cost)"
        r"|on (?:a |this |that )?(?:mon|tues|wednes|thurs|fri|satur|sun)day))|complimentary"
        r"|at no (?:extra )?(?:cost|charge)|no (?:extra )?(?:cost|charge)|on the house"
        r"|costs? (?:you )?nothing|pays? nothing|nothing to pay|without (?:paying|charge)"
        r"|gratis|free of charge|freebies?|giveaways?|on us",
        r"free\b|without charge|not charged|£0|\$0|€0",
    ),
    _family(
        "discount",
        r"discount\w*|(?<=\d)% off|\d+\s?% (?:less|cheaper)|[$£€]\s?[\d.,]+ off|(?<=[pc]) off"
        r"|half[- ]price|bargains?|coupons?|promo(?:tional)?(?: code)?s?|vouchers?|markdowns?"
        r"|clearance|(?:on|big|huge|summer|winter|spring|autumn|flash|season|half-yearly"
        r"|final) sale|sale (?:ends|now|price|prices|starts|items)|sales event|sav(?:e|es|ing"
        r"|ings) (?:up to |over |an extra |you |big|on |money|more|today|now|[$£€\d])"
        r"|money[- ]saving|special (?:offer|price|deal)s?|(?:great|best|exclusive|hot|amazing"
        r"|unbeatable) (?:deals?|offers?|prices?)|reduced(?: price)?|cashback|knockdown"
        r"|slashed|lower(?:ed)? prices?|price drop|bonus(?:es)?|rewards?|deals? of the",
        r"off\b|discount\w*|sav(?:e|es|ing|ings)\b|instead of|less\b|reduc\w*|sale\b|deal\b"
        r"|was [$£€]|half price|cheap\w*|\d+ for [$£€]|voucher|coupon|bonus|reward|(?:two"
        r"|three|pairs?|packs?) for",
    ),
    _family(
        "cheap",
        r"cheap(?:er|est)?|lowest[- ]price[sd]?|low(?:est)? (?:prices?|rates?|costs?)|low-cost"
        r"|affordable|budget[- ]friendly|price match\w*|best (?:price|value|rate)s?"
        r"|unbeatable (?:price|value)s?|great value|value for money|inexpensive",
        r"price match|cheap|low|affordable|value|budget|off\b|discount|from [$£€]|only [$£€]"
        r"|sav\w+",
    ),
    _family(
        "guarantee",
        r"guarant\w+|warrant(?:y|ies|ied)|money[- ]back|refund\w*|risk[- ]free|no[- ]risk"
        r"|nothing to lose|satisfaction|(?:we )?promise(?:d|s)?|certainty|fail-?safe|foolproof"
        r"|100% safe",
        r"guarant\w+|warrant\w+|money[- ]back|refund\w*|returns?\b|cancel\w*|no[- ]risk"
        r"|risk[- ]free|promis\w+",
        story=False,
    ),
    _family(
        "money back",
        r"money[- ]back|full refund|refund(?:s|ed|able)?",
        r"money[- ]back|refund\w*|returns?\b|cancel\w*|pay nothing",
    ),
    _family(
        "delivery",
        r"(?<!free )(?:deliver\w*|shipping|ship|ships|shipped|postage|posted|courier)",
        r"deliver\w*|shipping|ship|ships|shipped|postage|posted|courier|post\b|posts\b|by post"
        r"|to your (?:door|home)|brought|in stores?",
        story=False,
    ),
    _family(
        "fast delivery",
        r"(?:fast|quick|rapid|express|same[- ]day|next[- ]day|overnight|speedy|24[- ]hour"
        r"|one[- ]day)(?: and \w+)? (?:deliver\w*|shipping|ship|ships|shipped|postage|posted"
        r"|courier|service|turnaround|dispatch)|(?:deliver\w*|ships|shipped"
        r"|arrives?) (?:in \d+|the same day|next day|tomorrow|today|overnight)",
        r"fast|quick|rapid|express|same[- ]day|next[- ]day|overnight|speedy|24[- ]hour"
        r"|one[- ]day|\d+ (?:hours?|days?|minutes?)|tomorrow|today|by \d|same|collect",
    ),
    _family(
        "all-inclusive",
        r"all[- ]inclusive|everything (?:is |you need )?included|no extras",
        r"everything|all[- ]in\b",
        story=False,
    ),
    _family(
        "free delivery",
        r"free (?:\w+ ){0,2}(?:deliver\w*|shipping|ship|ships|shipped|postage|posted|courier)"
        r"|(?:delivered|ships?|shipping|delivery) (?:is |for |at )?(?:free|no charge)"
        r"|no (?:shipping|delivery|postage)",
        r"(?:free|no|included|includes?)\b[^.;]{0,30}(?:deliver|ship|post)|(?:deliver|ship"
        r"|post)\w*\b[^.;]{0,30}(?:free|included|no charge)",
    ),
    _family(
        "free returns",
        r"free (?:\w+ ){0,2}returns?|returns? (?:are |is )?free|easy returns|no-quibble",
        r"returns?\b|exchange|swap",
    ),
    _family(
        "free trial",
        r"free (?:\w+[- ]){0,2}(?:trial|sample|demo|gift|consultation|quote|estimate|month"
        r"|week)s?|try (?:it )?(?:for )?free|(?:trial|try) (?:it )?(?:for )?free",
        r"trial|sample|demo|gift|consult\w*|quote|estimate|first|try|\bfree",
    ),
    _family(
        "rank",
        r"(?:no\.?|number|#) ?(?:1|one)(?![\d.,%])|award[- ]winn\w+|awards?|top[- ](?:rated"
        r"|quality|notch|selling|class)|highest[- ]rated|best[- ]sell\w+|best[- ]in[- ]class"
        r"|world[- ]class|first[- ]class|leading|industry[- ]lead\w+|market[- ]lead\w+"
        r"|most (?:popular|trusted|loved)|most-\w+|favou?rites?|voted|finest|ultimate"
        r"|unbeatable|unrivall?ed|unmatched|second to none|world[- ]famous|famous|renowned"
        r"|legendary|premium|luxur\w+|five[- ]star|5[- ]star|perfect|flawless|premier|superior"
        r"|exceptional|gold standard|incredible|amazing|outstanding|revolutionary"
        r"|groundbreaking|breakthrough|game[- ]chang\w+|state[- ]of[- ]the[- ]art"
        r"|high[- ]quality|finest[- ]quality",
        r"award\w*|winn\w+|rated|rating|stars?\b|voted|best\b|popular|leading|favou?rite"
        r"|premium|luxur\w+|famous|quality",
        story=False,
    ),
    _family(
        "superlative",
        r"(?:the|our|your|world's|ever|britain's|america's) (?:very |single "
        r"|absolute )?(?:best|greatest|finest|most (?!of\b|people|wooden|other)\w+|(?:cheap"
        r"|fast|quick|eas|light|strong|soft|smart|health|safe|fresh|clean|tast|comf|bigg|larg"
        r"|small|thinn|slimm|warm|cool|nice|happ|kind|great|deep|rich|pur|simpl|bright|sharp"
        r"|quiet|tough)(?:i)?est)|best(?![- ](?:of luck|friends?|before|man|wishes|known|when"
        r"|if))|the (?:cheap|fast|quick|light|strong|soft|smart|safe|fresh|clean|tast|comf"
        r"|bigg|larg|thinn|slimm)i?est",
        r"best\b|most\b|\w{3,}est\b|award\w*|top\b|rated",
        story=False,
    ),
    _family(
        "comparison",
        r"(?:better|cheaper|faster|stronger|safer|softer|cleaner|easier|healthier|fresher"
        r"|longer|more \w+|less \w+) than (?:any|other|others|all|every|the (?:rest|others?"
        r"|competition)|your|our|most|traditional|ordinary|leading|ever)\w*|unlike (?:other"
        r"|any|most|our)\w*|beats? (?:any|other|all|every|the)\w*|compared (?:to|with)"
        r"|outperforms?|versus|\d+x|\d+ times|(?:twice|double|half) (?:as|the (?:price|cost"
        r"|time|speed))|like no other|nothing (?:else )?(?:like|compares)",
        r"\bthan\b|unlike|compar\w+|versus|\d+x|times\b|twice|double|half",
        story=False,
    ),
    _family(
        "credential",
        r"certifi(?:ed|cation|cate|cates)|accredited|approved|authori[sz]ed|licen[cs]ed"
        r"|registered|chartered|qualified|official(?:ly)?|endorsed|recommended(?: by)?"
        r"|patented|(?:doctor|dentist|vet|expert|dermatologist)s?[- ](?:approved|recommended"
        r"|tested|led)",
        r"certif\w+|accredit\w+|approv\w+|authori\w+|licen\w+|register\w+|charter\w+|qualif\w+"
        r"|official|endors\w+|recommend\w+|patent\w+|expert|trained|gas safe",
        story=False,
    ),
    _family(
        "experts",
        r"(?:our |by |from |with )(?:\w+ )?(?:experts?|professionals?|specialists?|doctors?"
        r"|scientists?)",
        r"expert|profession|special|doctor|scien|certif|qualif|charter|train\w*|licen|dentist"
        r"|vet|nurse|teacher|native|coach|staff|team",
        story=False,
    ),
    _family(
        "proven",
        r"(?:clinically|scientifically|medically|lab(?:oratory)?|dermatologically"
        r"|independently|field)[- ]\w+|proven|tested|tried and (?:true|trusted)"
        r"|science[- ]backed|backed by \w+|studies (?:show|prove)|research (?:shows|proves)",
        r"prov\w+|test\w*|stud(?:y|ies)|research|trial|clinical\w*|backed|certif",
        story=False,
    ),
    _family(
        "organic",
        r"organic(?:ally)?|natural(?:ly)?|eco[- ]?friendly|sustainab\w+|chemical[- ]free"
        r"|non-?toxic|biodegradable|carbon[- ]neutral|plant[- ]based|recycl\w+"
        r"|green(?:er)? (?:choice|energy)|climate[- ]\w+|planet",
        r"organic\w*|natur\w*|eco|sustainab\w+|chemical|toxic|biodegrad\w+|carbon|plant"
        r"|recycl\w*|green|climate|renewable|solar|compost\w*|reus\w+|refill\w*",
        story=False,
    ),
    _family(
        "handmade",
        r"hand-?(?:made|crafted|cut|built|stitched|picked|finished|thrown|woven|painted"
        r"|poured)|artisanal?|home-?made|bespoke|made by hand|locally (?:made|sourced|grown)"
        r"|authentic|genuine|original recipe",
        r"hand|artisan\w*|home|bespoke|custom|made[- ]to|local\w*|authentic|genuine|original"
        r"|made|built|craft\w*",
        story=False,
    ),
    _family(
        "diet",
        r"vegan|vegetarian|gluten[- ]free|sugar[- ]free|dairy[- ]free|cruelty[- ]free"
        r"|fragrance[- ]free|halal|kosher|low[- ](?:fat|calorie|sugar|carb)|fair[- ]?trade"
        r"|non-gmo|keto",
        r"vegan|vegetarian|gluten|sugar|dairy|cruelty|fragrance|halal|kosher|low|fair|gmo|keto"
        r"|plant|veg",
        story=False,
    ),
    _family(
        "health",
        r"cures?|heals?|lose weight|weight[- ]loss|burns? fat|anti-?ag(?:e|e?ing)|miracle"
        r"|boosts? (?:your )?(?:immun\w+|energy|metabolism|mood)|detox\w*|pain[- ]free"
        r"|painless|stress[- ]free|younger[- ]looking|wrinkles?|side effects|relie(?:f|ve|ves)"
        r"|healthy|healthier",
        r"cure|heal\w*|weight|fat|ag(?:e|e?ing)|immun|energy|detox|pain|stress|wrinkle"
        r"|relie\w+|health\w*|nutri\w+|physio\w*|medic\w*|vitamin\w*|protein",
        story=False,
    ),
    _family(
        "limited",
        r"limited|(?:today|tomorrow|tonight|this week(?:end)?|one day|weekend|members?"
        r"|online) only|only today|last chance|hurry|while (?:stocks?|supplies|it|they) lasts?"
        r"|final (?:days?|hours?|call)|ends (?:soon|today|tonight|tomorrow|this|on|\w+day"
        r"|\w+ \d+)|don't miss(?: out)?|(?:last|final) day|only (?:a few|\d+) left"
        r"|selling (?:out|fast)|almost gone|before (?:it's|they're|it is|they are) gone"
        r"|(?:last|few) (?:remaining|places|spots|seats|tickets)|act (?:now|fast)|running out"
        r"|going fast|won't last|exclusive(?:ly)?|once in a lifetime|never again|one time only"
        r"|for a short time|deadline",
        r"limited|only\b|last\b|until|till|ends?\b|by \d|before|through \w+|while|deadline"
        r"|first \d+|\d+ (?:places?|seats?|spots?|left|available|tickets|roasts|portions)"
        r"|to \d+ \w+|this week\w*|close[sd]?|final|sale|offer|exclusive",
        story=False,
    ),
    _family(
        "new",
        r"brand[- ]new|all[- ]new|newly|introducing|just (?:launched|arrived|landed|in"
        r"|released|opened)|now (?:available|open|in stock|here)|new (?:arrivals?|collection"
        r"|range|season|line|and improved|look|release)|latest|first ever"
        r"|first[- ]of[- ]its[- ]kind|innovative|next[- ]generation|our new|the new"
        r"|finally here",
        r"new\b|newly|launch\w*|introduc\w*|latest|now\b|just\b|first|recent\w*|open\w*"
        r"|arriv\w*|20\d\d",
        story=False,
    ),
    _family(
        "popularity",
        r"(?:hundreds|thousands|millions|tens of thousands|dozens) of|(?:customers?|people"
        r"|everyone|users?|families|fans|locals) (?:love|loves|trust|swear|rave|prefer|agree"
        r"|are raving)|trusted(?: by)?|loved by|(?:highly |well )?rated|reviews?|testimonials?"
        r"|everyone'?s? (?:is )?talking|join (?:the )?(?:thousands|millions|hundreds)"
        r"|as seen (?:on|in)|sold out|sell(?:s|ing)? out|popular",
        r"hundreds|thousands|millions|dozens|\d,\d{3}|\d{3,}|customers|trusted|loved|rat(?:ed"
        r"|ing|ings)|reviews?|stars?|popular|sold|favou?rite|best",
        story=False,
    ),
    _family(
        "terms",
        r"no (?:contracts?|commitment|obligation|strings|fees?|minimum|deposit|credit check"
        r"|sign[- ]?up|subscription|hidden)|cancel (?:any ?time|free|for free|whenever)"
        r"|commitment[- ]free|contract[- ]free|no[- ]quibble|(?:interest|fee|tax)[- ]free"
        r"|0% (?:apr|interest|finance)|pay later|instal?lments?|financing|lifetime|forever"
        r"|unlimited|for life",
        r"contract|commit\w*|obligation|strings|fees?\b|minimum|deposit|credit|sign[- ]?up"
        r"|subscri\w+|cancel\w*|pause|stop|skip|interest|tax|apr|instal|financ\w*|lifetime"
        r"|forever|unlimited|life|one payment|no \w+|free",
        story=False,
    ),
    _family(
        "time promise",
        r"instant(?:ly)?|immediate(?:ly)?|in (?:seconds|minutes|no time|a flash|hours|days"
        r"|an instant)|overnight|right away|straight away|at once|same[- ]day|next[- ]day|24/7"
        r"|around the clock|round the clock|24 hours|any time of (?:day|night)"
        r"|within (?:minutes|hours|days|seconds)|always (?:open|available|on time)|on time",
        r"instant\w*|immediate\w*|seconds|minutes?|min\b|hours?|days?\b|overnight|same[- ]day"
        r"|next[- ]day|24|daily|a day|always|on time|straight",
        story=False,
    ),
    _family(
        "earnings",
        r"(?:make|earn|earning|win|get paid) (?:money|cash|more|up to|extra|[$£€\d])|get rich"
        r"|passive income|(?:cash|big) prizes?|win (?:a|an|big|the)|jackpot|double your"
        r"|triple your|grow your (?:money|income|savings)",
        r"earn\w*|\bwin\b|prize|an hour|/ ?h(?:ou)?r|per hour|salary|pay\b|paid|income|wage"
        r"|interest|money|[$£€]",
        story=False,
    ),
    _family(
        "worldwide",
        r"worldwide|nationwide|everywhere|anywhere|all over the (?:world|country)"
        r"|across the (?:world|country|globe|uk|us)|global(?:ly)?|international(?:ly)?",
        r"world\w*|nation\w*|every|any\w*|countr\w+|global|internation\w+|abroad|across"
        r"|national\w*",
        story=False,
    ),
    _family(
        "certain result",
        r"never (?:worry|again|miss|lose|pay|run out)|100%|completely|totally safe"
        r"|always (?:works|get|win)|will change your life|life[- ]chang\w+|works every time"
        r"|results? (?:in|guaranteed)|no more \w+",
        r"never|100%|complet\w+|always|results?|no\b|without|forget|stop",
        story=False,
    ),
)
