"""Grading over a Dask cluster: an executor that sends jobs to the workers of a scheduler.

Dask retries the jobs of a lost worker. If the scheduler is lost, the executor waits for it to return and
sends the unfinished jobs again.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future as Waiting
from concurrent.futures import TimeoutError as WaitingTimeoutError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import dask
from distributed import Client, Future, KilledWorker

from autograder.core.errors import CancelledError, UserError
from autograder.core.evidence import EvidenceError
from autograder.core.outcome import Attempt, Outcome
from autograder.running.cluster_wire import decode_attempt, encode_inputs, encode_job
from autograder.running.cluster_worker import (
    Membership,
    Terms,
    engine_hash,
    gpu_model,
    keep,
    perform,
    refusal,
)
from autograder.running.executor import Executor
from autograder.sandbox.job import Job

GPU = "GPU"  # the resource that a worker declares for each GPU that it may use
IN_FLIGHT = 256  # submissions in progress at a time; an adaptive cluster scales to this number
_TICK = 0.2  # seconds between checks for an interrupt
CONNECT_SECONDS = 30.0  # timeout of the first connection
_RETRY_SECONDS = 5.0  # timeout of one attempt to reconnect
_LOST_SECONDS = 600.0  # total time to reconnect


class ClusterError(UserError):
    """The cluster cannot be reached or has no admitted worker; one line says what to do."""


@dataclass(slots=True, eq=False)
class _Session:
    """A connection to the scheduler, with the inputs that were sent over it."""

    client: Client
    resources: dict[str, float]
    inputs: dict[str, Future[bytes]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def submit(self, name: str, job: Job, data: bytes) -> Future[bytes]:
        with self.lock:
            if job.question not in self.inputs:
                self.inputs[job.question] = self._submit(keep, encode_inputs(job))
        return self._submit(perform, name, data, self.inputs[job.question])

    def _submit(self, function: Callable[..., bytes], *arguments: object) -> Future[bytes]:
        return self.client.submit(function, *arguments, pure=False, resources=self.resources)


class Cluster:
    """An executor on the workers of a Dask scheduler that meet the terms.

    Args:
        address: the scheduler's address, such as ``tcp://host:8786``.
        wanted: the terms that a worker must meet.
        here: the executor that makes inputs, on this machine, which has the datasets.
        tell: called with one-line messages for the instructor.
    """

    def __init__(self, address: str, wanted: Terms, here: Executor, tell: Callable[[str], None]) -> None:
        self.name = here.name
        self._address = address
        self._here = here
        self._plugin = Membership(wanted)
        self._tell = tell
        self._lock = threading.Lock()
        self._session: _Session | None = None
        self._refused: dict[str, str] = {}

    def connect(self, seconds: float = CONNECT_SECONDS) -> None:
        """Connect for the first time, waiting at most ``seconds``, and admit the present workers.

        Raises:
            ClusterError: there is no scheduler, or it refuses all its workers.
        """
        with self._lock:
            self._session = self._open(seconds)

    def close(self) -> None:
        """Disconnect; the cluster keeps running."""
        with self._lock:
            if self._session is not None:
                _leave(self._session.client)
                self._session = None

    def run(self, job: Job, cancel: threading.Event) -> Attempt:
        """Run a job on a worker, or on this machine if the job makes inputs; see :class:`Executor`.

        Raises:
            CancelledError: ``cancel`` was set.
            ClusterError: the scheduler went away and did not come back.
        """
        if job.given:
            return self._here.run(job, cancel)
        try:
            data = encode_job(job)
        except OSError as error:  # a student's file is missing
            return _failed(job, error)
        while True:
            session = self._connected(cancel)
            try:
                future = session.submit(self._plugin.name, job, data)
                _wait(future, cancel)
                if future.status == "finished":
                    return decode_attempt(future.result())
                if future.status == "error":
                    return _failed(job, future.exception())
            except (OSError, RuntimeError) as error:  # the connection broke
                if cancel.is_set():
                    raise CancelledError from error
            except EvidenceError as error:
                return _failed(job, error)
            self._drop(session)

    def _connected(self, cancel: threading.Event) -> _Session:
        """Return the session; reconnect first if it was lost."""
        with self._lock:
            deadline = time.monotonic() + _LOST_SECONDS
            while self._session is None:
                if cancel.is_set():
                    raise CancelledError
                try:
                    self._session = self._open(_RETRY_SECONDS)
                    self._tell(f"The scheduler at {self._address} is back; grading goes on.")
                except ClusterError:
                    if time.monotonic() > deadline:
                        raise
                    cancel.wait(_TICK)
            return self._session

    def _drop(self, session: _Session) -> None:
        with self._lock:
            if self._session is session:
                self._tell(f"The connection to the scheduler at {self._address} is lost; waiting for it.")
                self._session = None
                _leave(session.client)

    def _open(self, seconds: float) -> _Session:
        # Large inputs are intended: those of a question are sent once.
        dask.config.set({"distributed.admin.large-graph-warning-threshold": "4 GiB"})
        client = _client(self._address, seconds)
        try:
            self._admit(client)
        except BaseException as error:
            _leave(client)
            if isinstance(error, OSError):
                raise ClusterError(
                    f"the scheduler at {self._address} went away: {error}",
                    ko=f"{self._address}의 스케줄러와 연결이 끊겼습니다: {error}",
                ) from None
            raise
        graphics = {GPU: 1} if self._plugin.wanted["gpu"] else {}
        return _Session(client, {self._plugin.name: 1, **graphics})

    def _admit(self, client: Client) -> None:
        name = self._plugin.name
        client.subscribe_topic(name, lambda event: self._hear(event[1]["worker"], event[1]["refusal"]))
        try:
            client.run_on_scheduler(engine_hash)
            client.register_plugin(self._plugin, name=name)
        except (ImportError, AttributeError) as error:
            raise ClusterError(
                f"the scheduler at {self._address} or one of its workers cannot import this autograder "
                f"({error}); install the same dl-autograder[dask] on all of them",
                ko=f"{self._address}의 스케줄러나 작업 프로세스가 이 autograder를 불러오지 "
                f"못합니다({error}). 모두에 같은 dl-autograder[dask]를 설치하세요",
            ) from None
        answers: dict[str, str] = client.run(refusal, name, on_error="ignore")
        for worker, why in answers.items():
            self._hear(worker, why)
        workers: dict[str, Any] = client.scheduler_info()["workers"]
        threads = [worker["nthreads"] for address, worker in workers.items() if answers.get(address) == ""]
        if workers and not threads:
            raise ClusterError(
                f"no worker of {self._address} may grade; start them in this environment "
                f"({'; '.join(f'{worker}: {why}' for worker, why in answers.items())})",
                ko=f"{self._address}의 작업 프로세스 가운데 채점할 수 있는 것이 없습니다. 이 환경에서 "
                f"시작하세요({'; '.join(f'{worker}: {why}' for worker, why in answers.items())})",
            )
        self._tell(
            f"Grading on {len(threads)} workers with {sum(threads)} threads at {self._address}."
            if threads
            else f"No worker has come to {self._address} yet; waiting."
        )

    def _hear(self, worker: str, why: str) -> None:
        """Report each refusal of a worker once."""
        if why and self._refused.get(worker) != why:
            self._refused[worker] = why
            self._tell(f"The worker {worker} is refused: {why}.")


def _client(address: str, seconds: float) -> Client:
    try:
        return Client(address, timeout=seconds, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(
            f"there is no Dask scheduler at {address} ({error}); start one (dask scheduler), or wait for it, "
            "and run the same command again: finished work is kept",
            ko=f"{address}에 Dask 스케줄러가 없습니다({error}). 시작하거나(dask scheduler) 기다렸다가 같은 "
            "명령을 다시 실행하세요. 끝난 것은 남아 있습니다",
        ) from None


def device_of(address: str, device: str) -> tuple[str, str]:
    """Return the device for ``--device`` on a cluster, and the model of its GPUs.

    ``auto`` means ``cuda`` if a worker declares GPUs. The model is the one that most workers have.

    Raises:
        ClusterError: there is no scheduler, no such device, or no worker with a GPU.
    """
    if device == "cpu":
        return device, ""
    if device not in ("auto", "cuda"):
        raise ClusterError(
            f"with --scheduler give --device auto, cpu or cuda, not {device}",
            ko=f"--scheduler에는 --device auto, cpu, cuda 중 하나를 주세요({device}은(는) 쓸 수 없습니다)",
        )
    with _client(address, CONNECT_SECONDS) as client:
        workers = client.scheduler_info()["workers"]
        names = [name for name, worker in workers.items() if worker["resources"].get(GPU)]
        models = Counter(filter(None, client.run(gpu_model, workers=names).values() if names else ()))
    if models:
        return "cuda", models.most_common(1)[0][0]
    if device == "auto":
        return "cpu", ""
    raise ClusterError(
        f"no worker of {address} declares a GPU and has one; start one with --resources GPU=1 where a GPU is",
        ko=f"{address}의 작업 프로세스 가운데 GPU를 밝히고 가진 것이 없습니다. GPU가 있는 곳에서 "
        "--resources GPU=1로 시작하세요",
    )


@contextmanager
def connected(address: str, wanted: Terms, here: Executor, tell: Callable[[str], None]) -> Iterator[Cluster]:
    """Connect to a cluster and disconnect at the end; arguments as of :class:`Cluster`.

    Raises:
        ClusterError: there is no scheduler, or it refuses all its workers.
    """
    cluster = Cluster(address, wanted, here, tell)
    cluster.connect()
    try:
        yield cluster
    finally:
        cluster.close()


def _wait(future: Future[bytes], cancel: threading.Event) -> None:
    """Wait until a future is done, or lost with its scheduler.

    Raises:
        CancelledError: ``cancel`` was set.
    """
    done: Waiting[None] = Waiting()
    future.add_done_callback(lambda _: done.set_result(None))
    while True:
        with suppress(WaitingTimeoutError):
            done.result(_TICK)
            return
        if cancel.is_set():
            with suppress(OSError, RuntimeError):
                future.cancel()
            raise CancelledError
        if future.client.status != "running":  # the callback would never be called
            return


def _failed(job: Job, error: BaseException | None) -> Attempt:
    """Return an attempt in which every task failed through no fault of the student."""
    why = str(error) if isinstance(error, KilledWorker) else f"the Dask worker failed: {error!r}"
    return Attempt(outcomes={task: Outcome(failure=why) for task in job.tasks})


def _leave(client: Client) -> None:
    with suppress(OSError, RuntimeError, WaitingTimeoutError):
        client.close(timeout=_RETRY_SECONDS)
