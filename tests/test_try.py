import time
def test_x(make, client_for):
    t=time.time()
    p=make.project("published")
    print(time.time()-t, p.state)
    for s in ("unit","lead","supervisor","auditor"):
        c=client_for(make[s])
        t=time.time()
        r=c.get(f"/projects/{p.id}")
        print(s, r.status, r.heading, time.time()-t)
        t=time.time()
        r=c.get(f"/projects/{p.id}/history")
        print(s, r.status, r.heading, time.time()-t)
    for st in ("voided","rejected","terminated"): print(make.project(st).state)
    t=time.time(); make.project("published",registered=True,table_only=True,dispute=False); print(time.time()-t)
