"""A translation is corrected: what a version decides stays, and what was said before is kept."""

import re
import shutil
from pathlib import Path

import pytest

from aftersale.accounts.models import Role, User
from aftersale.returns.correcting import correct_translations, version_told_as
from aftersale.returns.errors import PublishRefused
from aftersale.returns.models import PolicyCorrection, PolicyVersion
from aftersale.returns.policies import policy_of, publish_policy
from aftersale.returns.tests.cast import POLICY, World, an_order
from aftersale.returns.tests.test_publishing import CHINESE, TEXT
from aftersale.returns.tests.test_request_return import ask

BETTER = {"zh-hans": CHINESE["zh-hans"].replace("您将得到全额退款", "您会得到全额退款")}


@pytest.fixture
def pia(db: None) -> User:
    return User.objects.create_user("pia@example.com", name="Pia", role=Role.POLICY_OWNER)


def test_better_words_are_told_at_once_and_the_version_stays_the_same(world: World, pia: User):
    case, version = ask(world, an_order(world)), PolicyVersion.objects.get()
    assert "您将得到" in policy_of(version).because("card-in-time", "zh-hans")
    correct_translations(ports=world.ports, by=pia, version=version, translations=BETTER)
    told = PolicyVersion.objects.get()
    assert (told.hash, told.text, told.in_force_from) == (version.hash, TEXT, version.in_force_from)
    assert case.policy_id == told.pk
    assert "您会得到" in policy_of(told).because("card-in-time", "zh-hans")
    kept = PolicyCorrection.objects.get()
    assert (kept.before, kept.after, kept.made_by, kept.made_at) == (CHINESE, BETTER, pia, world.clock.now())


@pytest.mark.parametrize(
    ("translations", "code"),
    [
        (CHINESE, "same"),
        ({}, "language"),
        ({"zh-hans": CHINESE["zh-hans"].replace("60 天", "90 天")}, "unreadable"),
        (
            {"zh-hans": re.sub(r"### balance-missing.*?(?=###)", "", BETTER["zh-hans"], flags=re.DOTALL)},
            "unreadable",
        ),
    ],
)
def test_what_a_translation_must_say_it_still_says(world: World, pia: User, translations, code: str):
    version = PolicyVersion.objects.get()
    with pytest.raises(PublishRefused) as refused:
        correct_translations(ports=world.ports, by=pia, version=version, translations=translations)
    assert code in {one.code for one in refused.value.obstacles}
    assert PolicyVersion.objects.get().translations == CHINESE
    assert not PolicyCorrection.objects.exists()


def test_a_draft_that_says_the_same_in_other_words_is_known_as_its_version(world: World):
    assert version_told_as(TEXT, BETTER) == PolicyVersion.objects.get()
    assert version_told_as(TEXT, CHINESE) is None
    assert version_told_as(TEXT.replace("days more than 60", "days more than 45"), BETTER) is None
    assert version_told_as("# Nothing", BETTER) is None


def test_only_a_policy_owner_corrects(world: World):
    version = PolicyVersion.objects.get()
    with pytest.raises(AssertionError):
        correct_translations(ports=world.ports, by=world.mia, version=version, translations=BETTER)
    assert PolicyVersion.objects.get().translations == CHINESE


def test_a_newer_release_brings_its_better_words_but_never_over_an_owners(
    world: World, pia: User, tmp_path: Path
):
    path = Path(shutil.copy(POLICY, tmp_path))
    path.with_suffix(".zh-hans.md").write_text(BETTER["zh-hans"], encoding="utf-8")
    assert publish_policy(ports=world.ports, path=path).translations == BETTER
    assert publish_policy(ports=world.ports, path=path).translations == BETTER
    assert [one.made_by for one in PolicyCorrection.objects.all()] == [None]
    correct_translations(ports=world.ports, by=pia, version=PolicyVersion.objects.get(), translations=CHINESE)
    assert publish_policy(ports=world.ports, path=path).translations == CHINESE
    assert PolicyCorrection.objects.count() == 2
