"""Words that name a person, for telling whether a sentence speaks of one."""

from evalsuite.vocabulary.english import plural

_NOUNS = """
person man woman child boy girl baby adult teenager
cyclist traveller chef surfer violinist pianist guitarist musician dancer singer skater skier
skateboarder swimmer runner climber player passenger driver rider sailor fisherman spectator
pupil student teacher nurse doctor builder farmer cook baker waiter worker officer firefighter
artist painter photographer scientist tourist shopper customer pedestrian
"""

NAMES = frozenset(form for noun in _NOUNS.split() for form in (noun, plural(noun), f"{noun}'s"))
"""Singular, plural and possessive nouns for people."""
