"""The laws of the chain: whoever has no key can change nothing unseen."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from consent.records.chain import Sealed, derive_key, derive_keys, head_seal
from consent.records.proof import Finding, verify_chain, verify_register
from consent.records.rows import COLUMNS
from consent.records.sealing import begin_chain, bury, joined, seal_group

KEY, OTHER = derive_key(b"0123456789abcdef0123456789abcdef"), derive_key(b"another key")
KEYS = {KEY.id: KEY}
VALUES = st.one_of(st.text(max_size=8), st.integers(-(2**40), 2**40), st.none())
CONTENTS = st.fixed_dictionaries({column: VALUES for column in COLUMNS if column not in {"at", "event", "categories"}})


def rows(contents):
    fixed = {"at": "2026-11-23T10:00:00.000000+00:00", "event": "grant", "categories": "[]"}
    return [{**content, **fixed, "record_id": f"record-{number}"} for number, content in enumerate(contents)]


def chain_of(contents, *, groups=1):
    chain, register = begin_chain(KEY, None, writer="w", started_at="now")
    kept = []
    every = rows(contents)
    size = max(1, -(-len(every) // groups))
    for start in range(0, len(every), size):
        group = seal_group(KEY, chain, every[start : start + size])
        chain, kept = group.chain, [*kept, *group.records]
    return chain, register, kept


def findings(chain, records, stones=(), keys=KEYS):
    return list(verify_chain(chain, records, stones, keys))


@given(st.lists(CONTENTS, max_size=8), st.integers(1, 4))
def test_what_was_written_verifies_however_it_was_grouped(contents, groups):
    chain, register, kept = chain_of(contents, groups=groups)
    assert findings(chain, kept) == []
    assert list(verify_register(register, [chain], KEYS)) == []
    assert kept == chain_of(contents)[2]


@given(st.lists(CONTENTS, min_size=1, max_size=6), st.data())
def test_any_edit_is_found_where_it_is(contents, data):
    chain, _, kept = chain_of(contents)
    place = data.draw(st.integers(0, len(kept) - 1))
    column = data.draw(st.sampled_from(COLUMNS))
    value = data.draw(
        VALUES.filter(lambda v: v != kept[place].row[column] or type(v) is not type(kept[place].row[column]))
    )
    kept[place] = replace(kept[place], row={**kept[place].row, column: value})
    found = findings(chain, kept)
    assert [one.number for one in found] == [place + 1]


@given(st.lists(CONTENTS, min_size=1, max_size=6), st.data())
def test_any_seal_that_is_changed_is_found(contents, data):
    chain, _, kept = chain_of(contents)
    place = data.draw(st.integers(0, len(kept) - 1))
    kept[place] = replace(kept[place], mac=data.draw(st.text(max_size=70).filter(lambda mac: mac != kept[place].mac)))
    assert findings(chain, kept)[0].number == place + 1


@given(st.lists(CONTENTS, min_size=1, max_size=6), st.data())
def test_any_deletion_is_found(contents, data):
    chain, _, kept = chain_of(contents)
    first = data.draw(st.integers(0, len(kept) - 1))
    last = data.draw(st.integers(first, len(kept) - 1))
    del kept[first : last + 1]
    assert findings(chain, kept)[0].number in {first + 1, last + 2}


@given(st.lists(CONTENTS, min_size=2, max_size=6), st.data())
def test_any_other_order_is_found(contents, data):
    chain, _, kept = chain_of(contents)
    order = data.draw(st.permutations(range(len(kept))).filter(lambda o: o != sorted(o)))
    moved = [Sealed(number, kept[place].mac, kept[place].row) for number, place in enumerate(order, start=1)]
    assert findings(chain, moved)
    # And with the seals left where they were.
    contents_moved = [Sealed(one.number, one.mac, kept[place].row) for one, place in zip(kept, order, strict=True)]
    assert findings(chain, contents_moved)


@given(st.lists(CONTENTS, min_size=1, max_size=6), CONTENTS, st.integers(0, 6))
def test_a_record_put_in_without_the_key_is_found(contents, content, place):
    chain, _, kept = chain_of(contents)
    place = min(place, len(kept))
    forged = seal_group(OTHER, replace(chain, length=place, head=kept[place - 1].mac if place else ""), rows([content]))
    moved = [replace(one, number=one.number + 1) for one in kept[place:]]
    found = findings(chain, [*kept[:place], *forged.records, *moved])
    assert found[0].number == place + 1


@given(st.lists(CONTENTS, min_size=1, max_size=6), st.data())
def test_an_end_cut_off_is_found_even_with_a_head_of_ones_own(contents, data):
    chain, _, kept = chain_of(contents)
    left = data.draw(st.integers(0, len(kept) - 1))
    head = kept[left - 1].mac if left else ""
    for claimed in (
        chain,
        replace(chain, length=left, head=head),
        replace(chain, length=left, head=head, seal="0" * 64),
    ):
        assert findings(claimed, kept[:left])


@given(st.lists(CONTENTS, min_size=1, max_size=8), st.data())
def test_what_was_erased_leaves_the_rest_verified(contents, data):
    chain, _, kept = chain_of(contents)
    gone = data.draw(st.sets(st.integers(1, len(kept))))
    stones = bury(KEY, chain, [(one.number, one.mac) for one in kept if one.number in gone], reason="erasure", at="now")
    left = [one for one in kept if one.number not in gone]
    assert findings(chain, left, stones) == []
    if stones:  # no stone can be left out, moved or made up
        assert findings(chain, left, stones[1:])
        assert findings(chain, left, [*stones[:-1], replace(stones[-1], reason="retention")])
        assert findings(chain, left, [*stones[:-1], replace(stones[-1], at="then")])


@given(st.lists(CONTENTS, min_size=2, max_size=6))
def test_a_stone_made_without_the_key_hides_nothing(contents):
    chain, _, kept = chain_of(contents)
    (forged,) = bury(OTHER, chain, [(1, kept[0].mac)], reason="erasure", at="now")
    for stone in (forged, replace(forged, key_id=KEY.id)):
        assert findings(chain, kept[1:], [stone])


@given(st.integers(1, 4), st.integers(1, 4))
def test_stones_side_by_side_become_one(first, second):
    chain, _, kept = chain_of([dict.fromkeys(COLUMNS, "")] * (first + second))
    places = [(one.number, one.mac) for one in kept]
    (one,) = bury(KEY, chain, places[:first], reason="retention", at="1")
    (other,) = bury(KEY, chain, places[first:], reason="retention", at="2")
    assert findings(chain, [], [joined(KEY, chain, one, other)]) == []


def registered(count):
    register, chains = None, []
    for number in range(count):
        chain, register = begin_chain(KEY, register, writer=f"w{number}", started_at=str(number))
        chains.append(chain)
    return register, chains


@settings(max_examples=50)
@given(st.integers(1, 5), st.data())
def test_a_chain_that_is_taken_away_is_found(count, data):
    register, chains = registered(count)
    assert list(verify_register(register, chains, KEYS)) == []
    place = data.draw(st.integers(0, count - 1))
    left = chains[:place] + chains[place + 1 :]
    assert list(verify_register(register, left, KEYS))
    renumbered = [replace(chain, chain=number) for number, chain in enumerate(left, start=1)]
    assert list(verify_register(register, renumbered, KEYS))
    assert list(verify_register(None, chains, KEYS))
    assert list(verify_register(replace(register, chains=register.chains + 1), chains, KEYS))


@pytest.mark.parametrize("field", ["writer", "started_at", "link", "key_id"])
def test_an_entry_of_the_register_that_is_changed_is_found(field):
    register, chains = registered(3)
    chains[1] = replace(chains[1], **{field: "other"})
    assert next(iter(verify_register(register, chains, KEYS))).chain == 2


@given(st.integers(), st.text(max_size=9))
def test_a_head_cannot_be_signed_without_the_key(length, head):
    chain = replace(registered(1)[1][0], length=length, head=head)
    assert head_seal(KEY, chain) != head_seal(OTHER, chain)


def test_a_key_that_is_not_at_hand_is_said_once():
    register, chains = registered(1)
    told = list(verify_register(register, chains, {OTHER.id: OTHER}))
    assert all("consent.E074" in one.what for one in told)
    assert findings(chains[0], [], keys={OTHER.id: OTHER}) == []


def test_keys_of_different_secrets_differ_and_are_never_shown():
    one, other = derive_keys([b"a", b"b"])
    assert (one.id != other.id, one.secret != other.secret, derive_key(b"a") == one) == (True, True, True)
    assert one.secret.hex() not in repr(one)


def test_a_finding_names_its_record():
    assert str(Finding(chain=2, number=7, record="abc", what="it is odd")) == "chain 2, record 7 (abc): it is odd"
