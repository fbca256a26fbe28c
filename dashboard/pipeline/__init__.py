"""The parts of the pipeline as operators see them: outages, lag, load, checkpoints, memory."""
