"""Settings that Ray reads from the environment, each with its reason. They must be set before Ray is imported."""

import os
from collections.abc import Mapping
from types import MappingProxyType

RAY_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {
        "RAY_USAGE_STATS_ENABLED": "0",  # a study talks to nobody
        "RAY_CHDIR_TO_TRIAL_DIR": "0",  # a study's relative paths mean what they meant to its author
        "RAY_AIR_NEW_OUTPUT": "0",  # the console is ours
        "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",  # epoch history is ours; no CSV, JSON and TensorBoard beside it
        "TUNE_DISABLE_SIGINT_HANDLER": "1",  # Ctrl-C is ours
        "TUNE_FUNCTION_THREAD_TIMEOUT_S": "600",  # 2 s by default: a slow stop then kills the next trial of its actor
        "TUNE_WARN_THRESHOLD_S": "10",  # asking the sampler takes its time
        "RAY_TRAIN_ENABLE_PREEMPTION_WATCHER": "0",  # starts an actor for each trial
        "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.2",  # a group's reports and its end wait for the next look
        "RAY_DEDUP_LOGS": "0",
    }
)


def prepare_environment() -> None:
    """Set what is not set already: a person's own choice wins."""
    for name, value in RAY_ENVIRONMENT.items():
        os.environ.setdefault(name, value)
