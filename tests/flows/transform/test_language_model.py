"""The model of the languages says what the library's own says, in less memory."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier, visit_counts

from flows.transform.language_model import CompactIdentifier

SENTENCES = {
    "en": "The harbour wall gave way on Tuesday night, and the mayor said that it would be rebuilt before the winter.",
    "de": "Die Hafenmauer brach in der Nacht zum Dienstag, und die Bürgermeisterin will sie im Winter erneuern.",
    "fr": "Le mur du port a cédé dans la nuit de mardi, et la maire a promis de le reconstruire avant l'hiver.",
    "pl": "Mur portowy runął we wtorek w nocy, a burmistrz zapowiedział, że zostanie odbudowany przed zimą.",
    "ru": "Стена порта обрушилась в ночь на вторник, и мэр сказала, что её восстановят до зимы.",
    "el": "Το τείχος του λιμανιού κατέρρευσε τη νύχτα της Τρίτης και θα ξαναχτιστεί πριν από τον χειμώνα.",
    "tr": "Liman duvarı salı gecesi çöktü ve belediye başkanı duvarın kıştan önce yeniden yapılacağını söyledi.",
    "zu": "Udonga lwechweba lwadilika ngoLwesibili ebusuku, imeya yathi luzokwakhiwa kabusha ngaphambi kobusika.",
    "hi": "बंदरगाह की दीवार मंगलवार की रात गिर गई और महापौर ने कहा कि उसे सर्दियों से पहले फिर से बनाया जाएगा।",
}


@pytest.fixture(scope="module")
def library():
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@pytest.fixture(scope="module")
def compact():
    return CompactIdentifier()


@given(st.one_of(st.text(), st.lists(st.sampled_from(sorted(SENTENCES.values()))).map(" ".join)))
def test_a_text_has_the_features_that_the_automaton_finds(library, compact, text):
    encoded = LanguageIdentifier._encode(text)
    walked = visit_counts(library.tk_nextmove, library._rowbase, library.tk_output, encoded)
    assert Counter(compact._runs.features_in(encoded).tolist()) == (walked or Counter())


@pytest.mark.parametrize("language", SENTENCES)
@pytest.mark.parametrize("length", [20, 60, None])
def test_a_text_is_of_the_language_that_the_library_finds(library, compact, language, length):
    text = SENTENCES[language][:length]
    found, probability = compact.classify(text)
    expected, its_probability = library.classify(text)
    assert (found, probability) == (expected, pytest.approx(its_probability, abs=0.01))
    assert length or found == language


@pytest.mark.parametrize("text", ["", " ", "\x00", "\udcff"])
def test_a_text_without_a_feature_is_of_no_language_more_than_of_another(library, compact, text):
    assert compact.classify(text) == pytest.approx(library.classify(text))


def test_a_weight_is_kept_to_half_a_step_of_its_language(library, compact):
    weights = compact._weights
    kept = weights.least + weights.steps[::50].astype(np.float32) * weights.step
    assert np.abs(kept - library.nb_ptc[::50]).max() <= weights.step.max() * 0.51
