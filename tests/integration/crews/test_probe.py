import json
from agents.models import ModelSettings
from agents.testing import OpenAIServer, Reply
from agents.testing_brain import HouseBrain, step_in_prompt

class Weak:
    def __init__(self): self.house=HouseBrain(); self.n=0
    def __call__(self, request, number):
        reply=self.house(request, number)
        if step_in_prompt(request)=="1.1" and reply.tool_calls and reply.tool_calls[0].name=="encode_strategy":
            self.n+=1
            if self.n==1:
                d=json.loads(reply.tool_calls[0].arguments_json)
                for o in d["strategy"]["objectives"]: o["success_criteria"]=[]
                return Reply.use("encode_strategy", json.dumps(d))
        return reply

def test_weak(sqlite_at):
    with OpenAIServer(Weak()) as server:
        s=sqlite_at("created").with_services(models=ModelSettings(provider="compatible",model="m",base_url=server.base_url,api_key="sk-planted-000"))
        try:
            print(s.advance())
        except Exception as e: print(type(e), e)
        for e in s.events: print(e.kind,e.subject,e.title,e.detail[:200])
        for st in s.dossier().steps: print(st)
