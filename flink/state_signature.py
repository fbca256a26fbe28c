"""The signature of the job's state: its operators, as the planner describes them.

Comments, docs and columns that no statement reads do not change it, and the job resumes with its
state. Another key, type, condition or literal does, and the job rebuilds its state.
"""

import re

from pyflink.datastream import StreamExecutionEnvironment

STATELESS = {"SourceTransformation"}
"""Ignored operators: they have columns that no statement reads, and offsets as state."""
SETTING = "MiniBatchAssigner"
"""Operator that decides only when changes are written."""
NUMBER = re.compile(r"^\[\d+\]:")
"""Number of the operator, which depends on what the process planned before."""


def state_signature(environment: StreamExecutionEnvironment) -> str:
    """Return a line for each attached operator: its description and the type of its rows."""
    operators = {
        operator.getId(): operator
        for root in environment._j_stream_execution_environment.getTransformations()
        for operator in root.getTransitivePredecessors()
    }
    return "\n".join(
        f"{NUMBER.sub('', str(operator.getDescription()))} {operator.getOutputType()}"
        for _, operator in sorted(operators.items())
        if operator.getClass().getSimpleName() not in STATELESS
        and not operator.getName().startswith(SETTING)
    )
