"""A run's settings as a command."""

from evalsuite.pipeline.command_line import command
from evalsuite.pipeline.settings import Settings


def test_the_command_repeats_the_settings():
    settings = Settings(
        model="x y", size=(8, 4), model_arg={"k": 1}, scorer_arg={"clip": {"model": "m"}}
    )

    assert command(settings) == (
        "evalsuite run --model 'x y' --model-arg k=1 --scorer-arg clip.model=m --size 8x4"
    )
    assert command(Settings(), "generate") == "evalsuite generate"
    assert command(Settings(compile=True)) == "evalsuite run --compile"
    assert command(Settings(compile=False)) == "evalsuite run --no-compile"


def test_the_command_does_not_depend_on_the_order_of_options():
    scorer_arg = {"b": {"y": 2, "x": 1}, "a": {"z": 3}}
    settings = Settings(model_arg={"swap": 0.5, "miscount": 0.25}, scorer_arg=scorer_arg)
    assert command(settings) == (
        "evalsuite run --model-arg miscount=0.25 --model-arg swap=0.5 "
        "--scorer-arg a.z=3 --scorer-arg b.x=1 --scorer-arg b.y=2"
    )
