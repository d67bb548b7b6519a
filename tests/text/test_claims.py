"""Claims by family: what makes one, what allows it, and what only looks alike."""

import re

import pytest

from adwright.records import Brief
from adwright.text import check_filters, unsupported
from adwright.text.chinese import CHINESE
from adwright.text.claims import FAMILIES

# Family, a text that claims it, grounds that allow it, and grounds that only look as if they did.
CLAIMS = [
    ("free", "Free bread", "Entry is free from 9am", "Gluten-free bread, hands free"),
    ("free", "Parking at no cost", "free parking", "Feel free to park"),
    ("free", "Bread, free", "The first loaf is free", "Free-range eggs, fat free"),
    ("free thing", "A free gift with bags", "A gift with free wrapping", "Free parking"),
    ("free trial", "Start your free trial", "Free for 30 days", "Try our bread. Free parking"),
    ("discount", "Half-price tyres", "Tyres: 50% off", "Off-road tyres, less than 9 kg"),
    ("discount", "Save £20 on tyres", "£20 off tyres", "Save the date: tyres £20"),
    ("discount", "A discount on tyres", "Tyres for £20 instead of £30", "Off the track, noise reduction"),
    ("discount", "Tyres at special prices", "Summer sale", "House for sale, a great deal of room"),
    ("voucher", "Get your voucher", "Coupons for all", "20% off bags"),
    ("reward", "Rewards for every coffee", "A stamp for every coffee", "10% off coffee"),
    ("cheap", "Affordable bags", "Bags at low prices", "Family values, low heels"),
    ("best price", "The lowest price in town", "Price match", "Low prices"),
    ("guarantee", "Guaranteed to last", "Two-year warranty", "Free returns"),
    ("no risk", "Risk-free booking", "Free cancellation", "Cancel in writing"),
    ("no risk", "You can't lose", "Free trial", "Lose the queue"),
    ("no risk", "If it leaks, you pay nothing", "Refunded if it leaks", "Nothing to pay monthly"),
    ("money back", "Money-back offer", "Free returns for 60 days", "Many happy returns"),
    ("delivery", "Delivered on Friday", "We send it by post on Friday", "Blog posts about a cruise ship"),
    ("fast delivery", "Same-day delivery", "Delivered in 2 hours", "Delivered. Fast chargers"),
    ("fast service", "A fast turnaround", "Keys cut while you wait", "Keys since 1990"),
    ("all-inclusive", "All-inclusive weeks", "Full board", "Everything for the garden"),
    ("free delivery", "Free delivery on bags", "We deliver in Ireland for free", "Free parking. We deliver"),
    ("free delivery", "Free shipping", "Delivery included", "Free parking. Gluten-free bread, delivered"),
    ("free returns", "Free returns on bags", "Return it free for 60 days", "30-day returns, free delivery"),
    ("easy returns", "Easy returns", "30-day returns", "Free delivery"),
    ("deadline", "Offer ends soon", "20% off until 30 June", "Open until 8pm, up to 20 hours of battery"),
    ("end date", "It ends on 30 June", "From 1 June until 30 June", "20% off from 30 June"),
    ("end date", "It ends on June 12", "June 6 to 12", "June 6 to 14"),
    ("scarcity", "Going fast", "12 places left", "Places to see, from 3 to 13"),
    ("urgency", "Hurry, last chance", "On sale till March 31", "Up to 20 hours of battery, only £5"),
    ("urgency", "Don’t miss it", "The first 50 orders get a mug", "Open Monday to Friday, before noon"),
    ("exclusive", "An exclusive bag", "Only for members", "Only £180"),
    ("no ties", "No contract", "Cancel any time", "No sugar, free parking"),
    ("cancel", "Cancel whenever", "Pause or cancel online", "No sugar"),
    ("no charges", "No fees", "No booking fee", "No deposit"),
    ("no charges", "Interest-free", "0% interest", "Places of interest, free parking"),
    ("credit", "Pay later", "0% finance", "Credit cards accepted"),
    ("for life", "Yours forever", "Lifetime membership", "Family life"),
    ("unlimited", "Unlimited coffee", "As much coffee as you like", "Coffee, 30 kinds"),
    ("instant", "Instant quotes", "Quotes in 30 seconds", "Straight from the farm, in 3 days"),
    ("in hours", "Ready in minutes", "Pitches in 6 minutes", "Ready in 2 days"),
    ("same day", "Same-day report", "Your report the same day", "Next-day report"),
    ("overnight", "Done overnight", "Night shifts", "Done in a day"),
    ("always open", "Help around the clock", "Help 24/7", "Cancel any time, 6 hours of music"),
    ("on time", "Trains on time", "Punctual trains", "Trains from time to time"),
    ("prize", "Win a holiday: bags for €180", "Prize draw for a holiday", "Bags for €180, paid weekly"),
    ("earnings", "Earn money with bags", "£14 an hour", "Leather bags for €180. Win a prize"),
    ("wage", "Earn £500 a week", "Jobs at £500 a week", "A bike for £500, a week of trials"),
    ("worldwide", "Loved worldwide", "Sold in 30 countries", "The world's softest towel"),
    ("nationwide", "Nationwide delivery", "Delivery throughout the country", "Every Monday, across the road"),
    ("everywhere", "Works anywhere", "A portable radio", "Any colour, every day"),
    ("award", "Award-winning bags", "Bags that won a gold medal", "Quality leather bags, rated 5"),
    ("leader", "The leading maker", "Britain's largest maker", "A popular maker, since 1990"),
    ("rated", "Top-rated bags", "4.8 stars, 1,200 reviews", "Sleep under the stars"),
    ("reviews", "Read the reviews", "Rated 5 by our guests", "Loved by cooks"),
    ("quality", "Premium bags", "Bags of quality leather", "Award-winning bags"),
    ("praise", "The ultimate bag", "A fantastic bag", "Quality bags"),
    ("perfect", "Perfect for gifts", "Ideal for gifts", "For gifts"),
    ("famous", "The famous bag", "A well-known bag", "A popular bag"),
    ("breakthrough", "A revolutionary pump", "A patented pump", "A new pump"),
    ("popular", "Leather bags loved by thousands, €180", "Trusted by 400 clinics", "Leather bags for €180"),
    ("popular", "Your favourite bag.", "A popular bag", "Send us your favourite photo"),
    ("popular", "The city's favourite bag", "Loved in the city", "For clubs of 10 members"),
    ("multitude", "Thousands of bags", "Over 2,000 bags", "Leather bags for €1,800"),
    ("best", "The best bags", "Voted the best bags", "The lightest bags, best before May, best price"),
    ("superlative", "Our lightest bag", "The UK's lightest bag", "The warmest bag, a harvest, a guest"),
    ("superlative", "The most comfortable bag", "Our most comfortable bag", "The most colourful bag"),
    ("comparison", "Better than any other bag", "Lighter than leather bags", "Less than 2 kg, rather than 3"),
    ("multiple", "Twice as warm", "Doubles the warmth", "Opening times, twice a week"),
    ("credential", "Certified makers", "We certify makers", "Registered makers, trained, gift certificates"),
    ("credential", "Licensed makers", "Fully licensed", "Certified makers"),
    ("qualified", "Qualified makers", "Trained makers", "High-quality makers"),
    ("official", "The official bag", "Official bag of the games", "An office bag"),
    ("patented", "A patented bag", "Patent pending", "Patent leather-look: certified"),
    ("recommended", "Recommended by cooks", "Cooks recommend it", "Cooks like it"),
    ("approved by", "Vet-approved food", "Made by vets", "Approved by dentists"),
    ("experts", "Made by our experts", "Made by trained engineers", "Special offer, by train"),
    ("scientists", "Made with doctors", "Made by medical staff", "Made by teachers"),
    ("clinical proof", "Clinically proven eye test", "A clinical trial of 90 people", "Eye test, free trial"),
    ("tested", "Tested frames", "Our frames passed every test", "Test your eyes, we provide frames"),
    ("organic", "Organic green tea", "Organically grown tea", "Green tea, natural, plant pots, non-organic"),
    ("natural", "Natural tea", "Organic tea", "Nature-reserve tours"),
    ("non-toxic", "Non-toxic paint", "Paint without toxins", "Organic paint"),
    ("recycled", "Recycled paper", "Reclaimed paper", "Organic paper, motorcycle"),
    ("biodegradable", "Biodegradable cups", "Compostable cups", "Recycled cups"),
    ("climate", "Carbon-neutral bikes", "Net zero bikes", "Carbon fibre bikes"),
    ("eco-friendly", "Eco-friendly cups", "Recycled cups", "Green cups, economy class"),
    ("handmade", "Handmade bags", "Bags stitched by hand", "Handy bags handled with care, made in China"),
    ("home-made", "Home-made cakes", "Baked in our own kitchen", "Home delivery of cakes"),
    ("bespoke", "Bespoke jeans", "Made-to-measure jeans", "Jeans for customers"),
    ("local", "Locally sourced milk", "Milk from local farms", "Local delivery"),
    ("authentic", "Authentic pizza", "Traditional pizza", "Made to be eaten"),
    ("vegan", "Vegan and sweet syrup", "Plant-based syrup", "Brown sugar syrup, vegetarian, halal"),
    ("vegetarian", "Vegetarian pies", "Vegan pies", "Vegetable pies"),
    ("without", "Gluten-free syrup", "Syrup without gluten", "Brown sugar syrup, sugar-free"),
    ("without", "Sugar-free syrup", "No added sugar", "Gluten-free brown sugar syrup"),
    ("low in", "Low-sugar yoghurt", "Reduced-sugar yoghurt", "Low-fat yoghurt with sugar"),
    ("diet", "Halal chicken", "halal meat", "Kosher chicken"),
    ("fair trade", "Fairtrade tea", "Fairly traded tea", "Fair weather, trade prices"),
    ("cure", "Cures coughs", "Healing for coughs", "Secure, for all ages"),
    ("weight loss", "Lose weight now", "Weight management", "Weight 1.9 kg, low fat"),
    ("ageing", "Anti-ageing cream", "For fine lines", "For all ages"),
    ("boost", "Boosts your energy", "Supports your energy", "Energy bills, boosts your mood"),
    ("detox", "A detox tea", "detoxifying tea", "Tea"),
    ("relief", "Painless and quick", "For back pain", "Pane of glass, Spain"),
    ("no stress", "Stress-free moving", "Moving without hassle", "Moving, distress flares"),
    ("side effects", "No side effects", "Few side effects", "Side tables"),
    ("healthy", "Healthy snacks", "Snacks with vitamins", "Wealthy snacks"),
    ("new", "Brand-new bags", "Bags launched in May", "Open now, just £5, New York"),
    ("entirely", "Completely dry", "Fully dry", "Dry"),
    ("hundred per cent", "100% safe wool", "100% safe", "100% wool"),
    ("safe", "Foolproof pans", "Our foolproof pans", "Safe pans"),
    ("never", "No more queues", "Skip the queues", "Queues are no fun"),
    ("certain result", "Always works", "Works every time", "Test results"),
]  # fmt: skip


@pytest.mark.parametrize(("family", "text", "grounds", "alike"), CLAIMS)
def test_a_family_is_allowed_by_its_like_and_by_nothing_else(family, text, grounds, alike):
    def claims(against: str) -> set[str]:
        said = (re.search(r'" \((.+)\) is', finding.message) for finding in unsupported(text, against))
        return {match[1] for match in said if match}

    assert unsupported(text, "A plain thing")
    assert family in claims(alike)
    assert family not in claims(grounds)
    assert not unsupported(text, text)


def test_every_family_has_an_example():
    assert [f.name for f in FAMILIES] == list(dict.fromkeys(name for name, *_ in CLAIMS))
    assert set(CHINESE) <= {f.name for f in FAMILIES}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Green tea for calm mornings", "Organic green tea for calm mornings, a cup a day"),
        ("Brown sugar syrup for coffee", "Vegan and gluten-free brown sugar syrup for coffee"),
        ("Fresh gluten-free sourdough bread", "Free sourdough bread, gluten-free and fresh"),
        ("Off-road tyres for muddy tracks", "Half-price off-road tyres for muddy tracks"),
        ("Leather bags for €180", "Win a holiday: leather bags for €180"),
        ("Leather bags for €180", "Leather bags loved by thousands, €180"),
    ],
)
def test_a_related_word_is_no_support(source, text):
    brief = Brief(placement="description")
    assert "claim" in {f.rule for f in check_filters(text, source, brief, similarity=1.0)}


@pytest.mark.parametrize(
    ("grounds", "text"),
    [
        ("Free cancellation up to 30 days before", "You can cancel free up to 30 days before"),
        ("Save 15% with a subscription", "15% less if you subscribe"),
        ("50% off your first two weeks", "Your first two weeks are half price"),
        ("Free delivery and assembly in Yorkshire", "We deliver and assemble your table free in Yorkshire"),
        ("Free for 20 receipts a month", "Scan 20 free each month"),
        ("On sale until March 31", "March 31 is the last day"),
        ("A gift for new parents", "They have enough tiny socks. Send the new parents a gift"),
        ("Menus for cafés", "Sold out of the soup? Change the menu"),
        ("Jeans made to your measurements", "Between sizes everywhere you shop?"),
        ("EV battery health check", "How healthy is your EV battery?"),
        ("Vegan burgers", "Plant-based burgers"),
        ("Feel free to look", "You are free to look"),
        ("Kids are free", "Free for kids"),
    ],
)
def test_the_same_in_other_words_is_no_claim_of_its_own(grounds, text):
    assert unsupported(text, grounds) == []


GROUNDS = "free comb with every order . leather bag . gluten-free bread"


@pytest.mark.parametrize(
    "text",
    [
        "Get a free leather bag with every order today",
        "Get A Free Leather Bag With Every Order Today",
        "GET A FREE LEATHER BAG TODAY",
        "A Free Bread With Every Order Of A Comb",
    ],
)
def test_what_is_free_must_be_what_the_brief_gives_free(text):
    assert unsupported(text, GROUNDS)


@pytest.mark.parametrize(
    "text", ["Get A Free Comb With Every Order Of A Leather Bag", "Order a free comb", "Free today: a comb"]
)
def test_what_the_brief_gives_free_may_be_called_so(text):
    assert unsupported(text, GROUNDS) == []


@pytest.mark.parametrize(
    ("text", "grounds", "claimed"),
    [
        ("Leather bags, award‑winning", "leather bags", True),
        ("Gluten‑free bread", "gluten-free bread", False),
        ("Leather bags -free today", "leather bags", True),
        ("The world’s fastest bag", "leather bags", True),
        ("İstanbul bags, GUARANTEED", "bags from İstanbul", True),
    ],
)
def test_apostrophes_hyphens_and_capitals_hide_nothing(text, grounds, claimed):
    found = unsupported(text, grounds)
    assert bool(found) == claimed
    assert all(text[f.start : f.end] in f.message for f in found)


def test_a_story_tells_of_free_men():
    assert unsupported("A Free Man? You Tell Me", "A man is free now", story=True) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("佛罗伦萨手工皮包", "佛罗伦萨手工皮包，免费送货，全场五折"),
        ("佛罗伦萨手工皮包", "佛罗伦萨手工皮包，终身保证"),
        ("佛罗伦萨手工皮包", "最好的佛罗伦萨手工皮包"),
        ("佛罗伦萨手工皮包", "全国第一的佛罗伦萨皮包"),
        ("佛罗伦萨手工皮包", "佛罗伦萨手工皮包，最后一天"),
        ("佛罗伦萨手工皮包", "官方认证的佛罗伦萨手工皮包"),
        ("佛罗伦萨手工皮包", "佛罗伦萨有机手工皮包"),
        ("佛罗伦萨草本茶", "佛罗伦萨草本茶，治愈失眠"),
        ("皮包全场八折", "皮包全场五折"),
        ("leather bags, 20% off", "皮包5折优惠"),
    ],
)
def test_claims_are_seen_in_chinese(source, text):
    brief = Brief(placement="description")
    assert "claim" in {f.rule for f in check_filters(text, source, brief, similarity=1.0)}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("佛罗伦萨手工皮包", "手工皮包，来自佛罗伦萨，立即购买"),
        ("佛罗伦萨手工皮包", "有机会就来看看佛罗伦萨手工皮包"),
        ("折叠自行车", "第一次骑折叠自行车"),
        ("皮包八五折", "皮包8.5折优惠"),
        ("皮包半价", "皮包对折"),
        ("leather bags, 20% off", "皮包八折优惠"),
        ("half-price leather bags", "皮包五折"),
        ("有机茶，免费送货", "包邮的有机茶"),
        ("free delivery, organic tea", "有机茶，免费配送"),
    ],
)
def test_what_chinese_grounds_or_english_ones_say_may_be_said_in_chinese(source, text):
    assert unsupported(text, source) == []


def test_a_claim_in_english_may_rest_on_chinese():
    assert unsupported("Organic tea, delivered free", "有机茶，包邮，送货上门") == []
