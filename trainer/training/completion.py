"""After the last epoch: the best model gets its temperature, detector and limits, and is tested."""

from collections.abc import Sequence
from functools import partial

from msgspec import structs

from trainer.core.progress import Cancelled, consecutive
from trainer.core.results import EpochMetrics, Evaluation
from trainer.dataset.pixels import DecodedPixels
from trainer.dataset.records import Photo
from trainer.hardware.parallel import worker_count
from trainer.inference.calibration import fit_temperature
from trainer.inference.closer_look import ENLARGED, fit_closer_look
from trainer.inference.evaluate import evaluate_outputs, look_closer
from trainer.inference.metrics import expected_calibration_error
from trainer.inference.negatives import negatives
from trainer.inference.out_of_distribution import SAMPLE, fit_detector
from trainer.inference.outputs import NetworkOutputs
from trainer.inference.predictor import Predictor
from trainer.inference.verdict import fit_limits
from trainer.models.detector import Detector
from trainer.storage import model_file
from trainer.storage.model_description import DIGEST_KEY, Calibration, read_metadata
from trainer.storage.model_file import Model
from trainer.storage.training_photos import MOST
from trainer.training.data import seeds
from trainer.training.keep_photos import keep_training_photos
from trainer.training.run import Run
from trainer.training.split_outputs import compute_outputs


def calibrate_and_test(run: Run, cancelled: Cancelled) -> Evaluation:
    """Complete the best epoch's model file; return its evaluation. Raises CancelledError before the file is touched."""
    kept = model_file.load(run.folder.model)
    run.eval_network.load_state_dict(kept.network.state_dict())
    best = kept.description.origin.epoch  # where the run went on from an older checkpoint, perhaps a later one than its
    sample = run.splits.train.sample(SAMPLE, run.config.seed)
    validation, test_count = run.splits.validation, sum(run.dataset.split_counts()["test"].values())
    progress = run.report.progress("evaluate")
    # The test photos may have to go through the frozen layers first, which takes the longest.
    on_validation, on_sample, preparing, on_test, keeping = consecutive(
        progress, len(validation), len(sample), test_count, test_count, min(len(sample), MOST)
    )
    outputs = partial(
        compute_outputs,
        run.eval_network,
        workers=run.workers,
        precision=run.precision,
        cancelled=cancelled,
        team=run.team,
    )
    found = outputs(validation, progress=on_validation)
    embeddings = outputs(sample, progress=on_sample).embeddings
    detector = fit_detector(
        embeddings,
        sample.targets.cpu(),
        negatives(run.describe(best).network),
        seeds.generator(run.config.seed, "prototypes"),
    )
    model = _calibrate(run, best, found, detector)
    model = _with_limits_in_use(model, _look_closer(run, model, found, validation.photos, cancelled))
    test = run.splits.prepare_test(preparing, cancelled)
    on_whole_photos = outputs(test, progress=on_test)
    evaluation = evaluate_outputs(
        _look_closer(run, model, on_whole_photos, test.photos, cancelled),
        test.photos,
        model,
        dataset=run.dataset.name,
        split="test",
    )
    run.keep(lambda: run.folder.write_evaluation(evaluation))
    description = structs.replace(model.description, test=evaluation.metrics())
    tested = model._replace(description=description)
    run.keep(lambda: model_file.save(run.folder.model, tested))
    if run.team.leads:
        digest = read_metadata(run.folder.model)[DIGEST_KEY]
        keep_training_photos(run, sample.photos, embeddings, digest, progress=keeping, cancelled=cancelled)
    return evaluation


def _with_limits_in_use(model: Model, found: NetworkOutputs) -> Model:
    """Return the model with limits that hold for validation photos as they are in use, after a closer look."""
    described = model.description
    probabilities = (found.logits.double() / described.temperature).sigmoid().tolist()
    similarities = model.detector.similarity(found.embeddings).tolist()
    limits = structs.replace(
        fit_limits(model.detector.kind, probabilities, similarities), closer_look=described.limits.closer_look
    )
    return model._replace(description=structs.replace(described, limits=limits))


def _look_closer(
    run: Run, model: Model, outputs: NetworkOutputs, photos: Sequence[Photo], cancelled: Cancelled
) -> NetworkOutputs:
    """Return the outputs for photos as they are in use: after a closer look at the doubtful ones, if the model has it.

    Raises DatasetError and CancelledError.
    """
    if not model.description.limits.closer_look:
        return outputs
    enlarged = DecodedPixels(run.source, photos, ENLARGED * run.config.image_size, replaced=run.replaced)
    predictor = Predictor(model, run.device, precision=run.precision)
    return look_closer(predictor, outputs, enlarged.one, worker_count(run.device, run.config.threads), cancelled)


def _calibrate(run: Run, best: EpochMetrics, found: NetworkOutputs, detector: Detector) -> Model:
    """Return the best epoch's model with its temperature, this detector, and limits of "not sure".

    `found` are the outputs for the validation photos.
    """
    targets = run.splits.validation.targets.cpu()
    temperature = fit_temperature(found.logits, targets)
    logits = found.logits.double()
    probabilities = (logits / temperature).sigmoid()
    similarities = detector.similarity(found.embeddings)
    limits = fit_limits(detector.kind, probabilities.tolist(), similarities.tolist())
    if run.network.has_frozen_layers:  # what it knows of a million photos holds for parts of one too
        limits = structs.replace(limits, closer_look=fit_closer_look(probabilities.tolist()))
    description = structs.replace(
        run.describe(best),
        temperature=temperature,
        calibration=Calibration(
            error_before=expected_calibration_error(logits.sigmoid(), targets),
            error_after=expected_calibration_error(probabilities, targets),
        ),
        limits=limits,
    )
    return Model(run.eval_network, description, detector)
