using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Kv;

public class KvSmokeTests
{
    [Fact]
    public async Task Put_then_get()
    {
        await using TestServer server = await TestServer.StartAsync();
        Reply put = await server.PutAsync("/v1/kv/a", "hello");
        Assert.Equal((200, "true"), (put.Status, put.Body));
        Reply get = await server.GetAsync("/v1/kv/a");
        Assert.Equal($$"""[{"LockIndex":0,"Key":"a","Flags":0,"Value":"aGVsbG8=","CreateIndex":{{get.Index}},"ModifyIndex":{{get.Index}}}]""", get.Body);
    }
}
