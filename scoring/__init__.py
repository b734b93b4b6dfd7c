"""Feature rows to decisions: model, rules, policy, registry of releases, training and explanation."""

from scoring.columns import Columns, columns_of
from scoring.evaluate import Trace
from scoring.explain import Contribution, Explanation
from scoring.model import Model
from scoring.policy import ACTIONS, Costs, Policy
from scoring.registry import Registry
from scoring.release import COMMAND as ACTIVATE
from scoring.release import (
    Activation,
    Release,
    activate_command,
    changed_release,
    make_release,
    release_of,
)
from scoring.rules import Rule, RuleSet
from scoring.scorer import COLD, Scorer, Verdict
from scoring.train import Rows, Trained, train_release
from scoring.trees import Params
from scoring.value import CapacityPoint, NetValue, choose_thresholds, net_value

__all__ = [
    "ACTIONS",
    "ACTIVATE",
    "COLD",
    "Activation",
    "CapacityPoint",
    "Columns",
    "Contribution",
    "Costs",
    "Explanation",
    "Model",
    "NetValue",
    "Params",
    "Policy",
    "Registry",
    "Release",
    "Rows",
    "Rule",
    "RuleSet",
    "Scorer",
    "Trace",
    "Trained",
    "Verdict",
    "activate_command",
    "changed_release",
    "choose_thresholds",
    "columns_of",
    "make_release",
    "net_value",
    "release_of",
    "train_release",
]
