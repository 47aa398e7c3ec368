"""What proposes: one folder a stage, a runner that drives them, a registry that names them."""
