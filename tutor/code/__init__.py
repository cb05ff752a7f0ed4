"""Hand-written backward passes: a program worked through at small numbers, its gradients judged, the wrong line named."""
