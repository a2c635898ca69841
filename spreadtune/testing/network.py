"""What encoders and decoders have in common: networks that treat every row of a batch for itself."""

import io
from abc import abstractmethod

import torch
from torch import Tensor, nn

from spreadtune.testing.contract import Contract, seeded


class NetworkContract(Contract):
    """The contract of a network from N rows to N rows.

    Attributes:
        batch_statistics: whether what training gives for a row depends on the other rows, as with batch norm.
        drawn_weights: whether its first weights are drawn; not where they are given, as those of a pretrained network.
    """

    batch_statistics: bool = False
    drawn_weights: bool = True

    @abstractmethod
    def build(self) -> nn.Module:
        """The network, freshly initialized."""

    @abstractmethod
    def inputs(self) -> Tensor:
        """Four rows or more, the same at every call."""

    def test_the_gradient_reaches_every_parameter(self) -> None:
        network = self._network()
        network(self.inputs()).square().sum().backward()
        trained = [(name, value) for name, value in network.named_parameters() if value.requires_grad]
        for name, parameter in trained:
            gradient = parameter.grad
            self.claim(gradient is not None, f"the parameter {name} has no part in the output")
            assert gradient is not None
            self.claim(gradient.isfinite().all(), f"the gradient of the parameter {name} is not finite")
            self.claim(gradient.any(), f"the gradient of the parameter {name} is zero")

    def test_evaluation_treats_every_row_for_itself_and_leaves_no_trace(self) -> None:
        network, rows = self._network(), self.inputs()
        network(rows)  # gives running statistics values of their own
        network.eval()
        before = {name: value.clone() for name, value in network.state_dict().items()}
        with torch.no_grad():
            together = network(rows)
            for part in (slice(1, 3), slice(2, 3)):  # one row is a batch too
                broken = "in evaluation mode a row's output depends on the other rows of its batch"
                self.claim_close(network(rows[part]), together[part], broken, rtol=1e-4, atol=1e-5)
            self.claim(torch.equal(network(rows), together), "in evaluation mode the same rows give another output")
        for name, value in network.state_dict().items():
            self.claim(torch.equal(value, before[name]), f"evaluation changes {name}")

    def test_the_graph_does_not_change_what_evaluation_sees(self) -> None:
        network, rows = self._network().eval(), self.inputs()
        with_graph = network(rows)
        with torch.no_grad():
            self.claim(torch.equal(network(rows), with_graph), "under torch.no_grad the output is another")

    def test_training_mixes_rows_only_where_it_says_so(self) -> None:
        rows = self.inputs()
        other = torch.cat([rows[:1].flip(-1) * 0.5, rows[1:]])
        found, changed = self._trained_on(rows)[1:], self._trained_on(other)[1:]
        if self.batch_statistics:
            broken = "says batch_statistics, but in training every row's output is its own; leave that out"
            self.claim(not torch.allclose(found, changed, rtol=1e-4, atol=1e-6), broken)
        else:
            broken = (
                "in training a row's output depends on the other rows; where that is meant, as with batch norm, "
                "write batch_statistics = True"
            )
            self.claim_close(changed, found, broken, rtol=1e-4, atol=1e-5)

    def test_a_saved_state_gives_the_same_output(self) -> None:
        trained, fresh, rows = self._network(seed=0), self._network(seed=1), self.inputs()
        trained(rows)
        file = io.BytesIO()
        torch.save(trained.state_dict(), file)
        file.seek(0)
        alike = torch.equal(trained.eval()(rows), fresh.eval()(rows))
        self.claim(not (alike and self.drawn_weights), "two seeds give one network")
        fresh.load_state_dict(torch.load(file, weights_only=True))
        broken = "its state_dict does not hold all of it: loaded into another instance it gives another output"
        self.claim(torch.equal(trained.eval()(rows), fresh.eval()(rows)), broken)

    def test_the_seed_decides_the_initialization(self) -> None:
        one, same, other = (self._network(seed).state_dict() for seed in (5, 5, 6))
        broken = "{} differs under one seed: weights have to be drawn from torch's default generator"
        for name, value in one.items():
            self.claim(torch.equal(value, same[name]), broken.format(name))
        alike = all(torch.equal(value, other[name]) for name, value in one.items())
        broken = "another seed gives the same weights; where they are given, not drawn, write drawn_weights = False"
        self.claim(not (alike and self.drawn_weights), broken)

    def test_bfloat16_gives_nearly_the_same(self) -> None:
        network, rows = self._network().eval(), self.inputs()
        exact = network(rows)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            rounded = network(rows).float()
        rounded.square().sum().backward()
        for name, parameter in network.named_parameters():
            finite = parameter.grad is None or bool(parameter.grad.isfinite().all())
            self.claim(finite, f"in bfloat16 the gradient of the parameter {name} is not finite")
        error = float((rounded - exact).detach().norm() / exact.detach().norm())
        self.claim(error < 0.05, f"in bfloat16 the output is {error:.2g} away, relative to its length; 0.05 is allowed")

    def _network(self, seed: int = 0) -> nn.Module:
        network: nn.Module = self.built(self.build, seed)
        return network

    def _trained_on(self, rows: Tensor) -> Tensor:
        """The output in training, where dropout draws the same whatever the rows are."""
        network = self._network()
        with seeded(0):
            output: Tensor = network(rows).detach()
        return output
