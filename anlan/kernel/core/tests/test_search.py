from anlan.kernel.core.search import folded, query_of, tokens, vector_of


def test_every_pair_of_neighbours_is_a_token_and_the_last_character_too():
    assert tokens("木粉尘") == ["木粉", "粉尘", "尘"]


def test_latin_runs_are_tokens_whole_and_in_pairs():
    assert tokens("ＡＢ-3号 LNG") == ["ab", "3", "号", "ln", "ng", "lng"]


def test_a_vector_is_sorted_and_holds_no_token_twice():
    assert vector_of(["粉尘粉尘", "粉尘"]) == "'尘' '尘粉' '粉尘'"


def test_a_single_character_is_asked_for_as_a_beginning():
    assert query_of("尘") == "'尘':*"


def test_quotes_and_operators_of_a_word_never_reach_the_query():
    assert query_of("a'b&c|:*") == "'a':* & 'b':* & 'c':*"


def test_full_width_and_capitals_fold():
    assert folded("ＬＮＧ　Tank") == "lng tank"
