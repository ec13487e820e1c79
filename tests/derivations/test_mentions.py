"""Who is meant by `@name` in a text."""

import pytest

from derivations.mentions import Ambiguous, mentions_in

NAMES = {1: "Ana Ruiz", 2: "Ben", 3: "Ana Meyer", 4: "Chloé D’Arc", 5: "李娜", 6: "Ben Okri"}


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Ana Ruiz, why?", {1}),
        ("so @ana meyer and @BEN.", {2, 3}),
        ("(@Chloé) and @Chloé D’Arc", {4}),
        ("@李娜 看", {5}),
        ("@Ben Okri", {6}),
        ("@Benjamin", set()),
        ("mail me: x@Ben.example, @@Ben, a@Ben", set()),
        ("`@Ben` and $@Ben$ and $$\n@Ben\n$$ and ```\n@Ben\n```", set()),
        ("nobody @all", set()),
        ("@", set()),
        ("", set()),
    ],
)
def test_a_name_after_an_at_is_a_mention(text, meant):
    assert mentions_in(text, NAMES) == meant


def test_a_first_name_of_two_members_is_not_guessed():
    with pytest.raises(Ambiguous, match=r"“@Ana” could be Ana Meyer or Ana Ruiz. Write the whole name"):
        mentions_in("Dear @Ana, why?", NAMES)


def test_two_members_of_one_name_are_both_meant():
    assert mentions_in("@Ben, hm", {1: "Ben", 2: "Ben", 3: "Ana"}) == {1, 2}


def test_only_so_many_names_are_read():
    assert mentions_in("@Ben " * 19 + "@Ana Ruiz @Chloé", NAMES) == {1, 2}
