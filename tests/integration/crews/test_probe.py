import time
def test_story(story):
    for n, m in story.moments.items():
        print(n, sum(len(r) for r in m.rows.values()), m.at)
    for e in story.events: print(e.kind, e.subject, e.detail)
def test_a(at):
    t=time.time(); s=at("completed"); print('restore',time.time()-t)
    print(s.dossier().status)
def test_b(at):
    t=time.time(); s=at("started:1.1"); print('restore',time.time()-t)
    o=s.advance(); print(o, time.time()-t)
