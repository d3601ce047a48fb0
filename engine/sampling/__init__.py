"""The mathematics of sampling. It knows no graph, no node and no network."""
