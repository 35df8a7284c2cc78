"""How the processes are started: all of them on this machine for the demo."""
