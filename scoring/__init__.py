"""Feature rows to decisions: model, rules, policy, registry of releases, training and explanation."""

from scoring.columns import Columns, columns_of
from scoring.evaluate import Trace
from scoring.explain import Contribution, Explanation
from scoring.model import Model, Params, train
from scoring.policy import ACTIONS, Costs, Policy
from scoring.registry import Registry
from scoring.release import COMMAND as ACTIVATE
from scoring.release import Activation, Release, activate_command, make_release, release_of
from scoring.rules import Rule, RuleSet
from scoring.scorer import COLD, Scorer, Verdict

__all__ = [
    "ACTIONS",
    "ACTIVATE",
    "COLD",
    "Activation",
    "Columns",
    "Contribution",
    "Costs",
    "Explanation",
    "Model",
    "Params",
    "Policy",
    "Registry",
    "Release",
    "Rule",
    "RuleSet",
    "Scorer",
    "Trace",
    "Verdict",
    "activate_command",
    "columns_of",
    "make_release",
    "release_of",
    "train",
]
