from __future__ import annotations

import numpy as np

from adwright.data.corpus import load_corpus
from adwright.data.market_language import fluency, numbers_in, plain, sentences, stem


class TestLanguage:
    def test_numbers(self):
        assert numbers_in("£1,690 at 9:00 or 6:30, six two-person tents, 55 x 4.00") == [
            "£1690",
            "9",
            "6:30",
            "6",
            "2",
            "55",
            "4",
        ]

    def test_kin_have_one_stem(self):
        assert stem("plumber") == stem("plumbing") == stem("Plumber's")
        assert stem("puppies") == stem("puppy")
        assert stem("swimming") == stem("swim")

    def test_sentences(self):
        assert sentences("Wet feet again? Boots, $1.50. Go!") == ["Wet feet again?", "Boots, $1.50.", "Go!"]

    def test_word_order_is_heard(self):
        rng = np.random.default_rng(0)
        human = [plain(text) for entry in load_corpus("market") for text in entry.texts()]
        salad = [" ".join(rng.permutation(text.split())) for text in human]
        odd = np.array([fluency().oddness(text) for text in human])
        odder = np.array([fluency().oddness(text) for text in salad])
        assert np.mean(odder > odd) > 0.95
