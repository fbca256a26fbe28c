"""The signature of the job's state: its operators, as the planner describes them.

Comments, docs and columns that no statement reads do not change it, and the job resumes with its
state. Another key, type, condition or literal does, and the job rebuilds its state.
"""

import re
from typing import Any

from pyflink.datastream import StreamExecutionEnvironment

SOURCE = "SourceTransformation"
"""Class of an operator without keyed state: it has columns that no statement reads, and offsets."""
SETTING = "MiniBatchAssigner"
"""Operator that decides only when changes are written."""
NUMBER = re.compile(r"^\[\d+\]:")
"""Number of the operator, which depends on what the process planned before."""


def operators(environment: StreamExecutionEnvironment) -> list[Any]:
    """Return the attached operators, Java's Transformations, in the order of their ids."""
    by_id = {
        operator.getId(): operator
        for root in environment._j_stream_execution_environment.getTransformations()
        for operator in root.getTransitivePredecessors()
    }
    return [operator for _, operator in sorted(by_id.items())]


def state_signature(environment: StreamExecutionEnvironment) -> str:
    """Return a line for each attached operator: its description and the type of its rows."""
    return "\n".join(
        f"{NUMBER.sub('', str(operator.getDescription()))} {operator.getOutputType()}"
        for operator in operators(environment)
        if operator.getClass().getSimpleName() != SOURCE
        and not operator.getName().startswith(SETTING)
    )
