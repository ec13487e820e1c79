def probable(*a): raise NotImplementedError
def draw_laws(*a): raise NotImplementedError
