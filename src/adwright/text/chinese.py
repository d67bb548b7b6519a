"""Claims in Chinese, by the same families: what is claimed in one language may rest on the other.

A small list of what advertisements promise; simplified characters. Chinese has no borders of words,
so that each pattern leaves out the everyday words that hold its characters (有机会, 折叠, 第一次).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["CHINESE", "discounts", "has_chinese"]

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_DIGITS = str.maketrans("一二三四五六七八九", "123456789", ".")
# What one pays of the price: 八五折 and 8.5折 are 85 of 100.
_OFF = re.compile(r"([一二三四五六七八九\d][一二三四五六七八九\d.]{0,2})\s?折(?!叠|磨|断)|对折|半价")

CHINESE: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "free": r"免费|免单|免收|赠送|赠品|不要钱|不花钱|零元|(?<![\d.])0元|包邮|免邮|免运费",
        "free delivery": r"包邮|免邮|免运费|免配送费|免费(?:送货|配送|快递|邮寄|派送|发货)"
        r"|(?:送货|配送|邮寄)免费",
        "delivery": r"送货|配送|送达|发货|快递|邮寄|包邮|免邮",
        "free trial": r"免费(?:试用|试听|体验|试吃)|试用|试听",
        "discount": r"折扣|打折|对折|[一二三四五六七八九\d]\s?折(?!叠|磨|断)|优惠|特价|特惠|促销|减价|降价"
        r"|立减|满减|半价|清仓|甩卖|省钱|返现",
        "cheap": r"便宜|低价|实惠|超值|划算",
        "best price": r"最低价|全网最低|最优惠|最便宜",
        "guarantee": r"保证|担保|承诺|保修|质保|包您满意|包你满意",
        "money back": r"退款|退钱|全额退|无理由退",
        "no risk": r"零风险|无风险|无忧退",
        "fast delivery": r"(?:当日|次日|隔日|极速|闪电)(?:送达|发货|到货|达|配送)",
        "best": r"最(?:好|佳|棒|强|优(?!惠))|顶级|极品|无与伦比",
        "superlative": r"最(?:大|快|高|美|新鲜|安全|专业|舒适|耐用|轻|薄|先进)",
        "leader": r"第一(?:品牌|名|位|选择)|(?:全国|全球|世界|行业|销量|排名)第一"
        r"|领先|领导品牌|首选|独一无二",
        "award": r"获奖|得奖|金奖|大奖",
        "popular": r"热销|畅销|爆款|热卖|抢手|(?:深受|备受|广受)|万人|网红|口碑",
        "credential": r"认证|官方|授权|持证|资质",
        "patented": r"专利",
        "experts": r"专家|名师|名医",
        "clinical proof": r"临床|科学证明|实验证明|经过验证",
        "organic": r"有机(?!会|可乘|遇|率|械)",
        "natural": r"天然|纯自然|无添加",
        "eco-friendly": r"环保|绿色(?:环保|食品|能源)|可持续|零碳|碳中和",
        "handmade": r"手工|纯手作|手作|匠心",
        "cure": r"治愈|根治|疗效|治疗|药到病除|包治",
        "weight loss": r"减肥|瘦身|减脂|燃脂",
        "healthy": r"健康|养生",
        "deadline": r"限时|今日(?:截止|结束|限定)|仅限今(?:天|日)"
        r"|最后(?:一|两|三|几)?(?:天|日|机会|期限)|截止|倒计时",
        "scarcity": r"限量|仅剩|售完(?:即|为)止|所剩无几|名额有限|数量有限|先到先得",
        "urgency": r"赶快|赶紧|抓紧|抢购|秒杀|不容错过|别错过|莫失良机|手慢无",
        "instant": r"立即见效|立刻见效|马上见效|立竿见影|瞬间",
        "prize": r"抽奖|中奖",
        "earnings": r"赚钱|月入|日入|收益|致富|高薪",
        "hundred per cent": r"百分之?百|百分百|100%",
        "new": r"全新|新品|最新|新款",
    }.items()
}


def has_chinese(text: str) -> bool:
    """Whether the text has Chinese characters."""
    return not text.isascii() and bool(_CHINESE.search(text))


def discounts(text: str) -> Iterator[tuple[int, int, int]]:
    """Discounts in Chinese: per cent of the price that is left to pay, and the span."""
    for match in _OFF.finditer(text):
        left = (match[1] or "5").translate(_DIGITS)
        yield (int(left) * (10 if len(left) == 1 else 1), *match.span())
