import torch

# Two cores are shared by everything that runs beside the tests, and one thread gives the same sums every time.
torch.set_num_threads(1)
