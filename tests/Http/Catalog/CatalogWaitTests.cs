using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Blocking reads of catalog and health: who is woken by what (http-core 2.3, http-agent 5.4 "Indexes").</summary>
public class CatalogWaitTests
{
    private const string Seed =
        """{"Node":"n1","Address":"a","NodeMeta":{"env":"prod"},"Service":{"ID":"web1","Service":"web","Port":80},"Checks":[{"CheckID":"c","ServiceID":"web1","Status":"passing"},{"CheckID":"alive","Status":"passing"}]}""";

    private const string SeedProxy =
        """{"Node":"n1","SkipNodeUpdate":true,"Service":{"Service":"web-proxy","Kind":"connect-proxy","Port":1,"Proxy":{"DestinationServiceName":"web"}},"Check":{"CheckID":"p","ServiceID":"web-proxy","Status":"passing"}}""";

    private const string SeedOther =
        """{"Node":"n2","ID":"3f2504e0-4f89-11d3-9a0c-0305e82c3301","Address":"b","Service":{"Service":"other"},"Check":{"CheckID":"o","ServiceID":"other"}}""";

    private const string CheckTurnsCritical = """{"Node":"n1","SkipNodeUpdate":true,"Check":{"CheckID":"c","ServiceID":"web1","Status":"critical"}}""";
    private const string NodeCheckTurnsCritical = """{"Node":"n1","SkipNodeUpdate":true,"Check":{"CheckID":"alive","Status":"critical"}}""";
    private const string ProxyCheckTurnsCritical = """{"Node":"n1","SkipNodeUpdate":true,"Check":{"CheckID":"p","ServiceID":"web-proxy","Status":"critical"}}""";
    private const string NodeMetaChanges = """{"Node":"n1","Address":"a","NodeMeta":{"env":"dev"}}""";
    private const string NewInstance = """{"Node":"n2","SkipNodeUpdate":true,"Service":{"ID":"web2","Service":"web"}}""";
    private const string NewProxy = """{"Node":"n2","SkipNodeUpdate":true,"Service":{"Service":"second-proxy","Kind":"connect-proxy","Port":1,"Proxy":{"DestinationServiceName":"web"}}}""";
    private const string OtherCheckTurnsPassing = """{"Node":"n2","SkipNodeUpdate":true,"Check":{"CheckID":"o","ServiceID":"other","Status":"passing"}}""";
    private const string OtherService = """{"Node":"n2","SkipNodeUpdate":true,"Service":{"Service":"another"}}""";
    private const string NewNode = """{"Node":"n9","ID":"99999999-4f89-11d3-9a0c-0305e82c3301","Address":"c"}""";

    [Theory]
    [InlineData("/v1/catalog/service/web", NewInstance)]
    [InlineData("/v1/catalog/service/web", NodeMetaChanges)]
    [InlineData("/v1/health/service/web", CheckTurnsCritical)]
    [InlineData("/v1/health/service/web?passing", NodeCheckTurnsCritical)]
    [InlineData("/v1/health/service/web?filter=Service.Port==80", NewInstance)]
    [InlineData("/v1/health/checks/web", CheckTurnsCritical)]
    [InlineData("/v1/health/node/n1", NodeCheckTurnsCritical)]
    [InlineData("/v1/health/state/any", OtherCheckTurnsPassing)]
    [InlineData("/v1/health/state/any?node-meta=env:prod", NodeMetaChanges)]
    [InlineData("/v1/catalog/nodes", NewNode)]
    [InlineData("/v1/catalog/services", OtherService)]
    [InlineData("/v1/catalog/services?node-meta=env:prod", NodeMetaChanges)]
    [InlineData("/v1/catalog/node/n2", OtherService)]
    [InlineData("/v1/catalog/node/3f25", OtherService)]
    [InlineData("/v1/catalog/node-services/n1", NodeMetaChanges)]
    [InlineData("/v1/catalog/node/9999", NewNode)]
    [InlineData("/v1/catalog/service/another", OtherService)]
    [InlineData("/v1/catalog/connect/web", NewProxy)]
    [InlineData("/v1/health/connect/web", ProxyCheckTurnsCritical)]
    [InlineData("/v1/health/connect/web", NodeCheckTurnsCritical)]
    public async Task A_change_of_what_was_asked_for_ends_the_wait(string target, string change)
    {
        await using TestServer server = await SeededAsync();
        Reply before = await server.GetAsync(target);
        Task<Reply> waiting = server.GetAsync(Waiting(target, before.Index));
        await WaitUntilWaitingAsync(server);

        await CatalogServer.RegisterAsync(server, change);

        Reply after = await waiting;
        Assert.Equal((200, server.Runtime.Root.Index), (after.Status, after.Index));
        Assert.Equal((await server.GetAsync(target)).Body, after.Body);
        // A filter does not keep a waiter from being woken; everywhere else the answer that was kept before must be gone.
        Assert.Equal(target.Contains("filter="), before.Body == after.Body);
        await server.WaitForWaitersAsync(0);
    }

    [Theory]
    [InlineData("/v1/catalog/service/web", OtherService)]
    [InlineData("/v1/health/service/web?passing", OtherCheckTurnsPassing)]
    [InlineData("/v1/health/service/web", ProxyCheckTurnsCritical)]
    [InlineData("/v1/health/checks/web", OtherCheckTurnsPassing)]
    [InlineData("/v1/health/node/n1", OtherCheckTurnsPassing)]
    [InlineData("/v1/catalog/node/n1", NewInstance)]
    [InlineData("/v1/catalog/nodes", OtherService)]
    [InlineData("/v1/catalog/services", NewNode)]
    [InlineData("/v1/health/state/any", OtherService)]
    [InlineData("/v1/health/connect/web", OtherCheckTurnsPassing)]
    [InlineData("/v1/catalog/gateway-services/g", OtherService)]
    public async Task A_foreign_change_leaves_the_waiter_and_its_index_alone(string target, string change)
    {
        await using TestServer server = await SeededAsync();
        Reply before = await server.GetAsync(target);
        Task<Reply> waiting = server.GetAsync(Waiting(target, before.Index));
        await WaitUntilWaitingAsync(server);

        await CatalogServer.RegisterAsync(server, change);

        Reply after = await server.GetAsync(target);
        Assert.Equal((before.Index, before.Body), (after.Index, after.Body));
        Assert.False(waiting.IsCompleted);
        Assert.NotEqual(0, server.Runtime.Watches.Count);
    }

    [Fact]
    public async Task The_last_instance_going_ends_the_wait()
    {
        await using TestServer server = await SeededAsync();
        Reply before = await server.GetAsync("/v1/health/service/web");
        Task<Reply> waiting = server.GetAsync(Waiting("/v1/health/service/web", before.Index));
        await WaitUntilWaitingAsync(server);

        await CatalogServer.DeregisterAsync(server, """{"Node":"n1","ServiceID":"web1"}""");

        Reply after = await waiting;
        Assert.Equal(("[]", server.Runtime.Root.Index), (after.Body, after.Index));
    }

    [Fact]
    public async Task The_last_proxy_going_ends_the_wait()
    {
        await using TestServer server = await SeededAsync();
        Reply before = await server.GetAsync("/v1/health/connect/web");
        Task<Reply> waiting = server.GetAsync(Waiting("/v1/health/connect/web", before.Index));
        await WaitUntilWaitingAsync(server);

        await CatalogServer.RegisterAsync(server,
            """{"Node":"n1","SkipNodeUpdate":true,"Service":{"Service":"web-proxy","Kind":"connect-proxy","Port":1,"Proxy":{"DestinationServiceName":"elsewhere"}}}""");

        Reply after = await waiting;
        Assert.Equal("[]", after.Body);
        Assert.True(after.Index > before.Index);
    }

    [Fact]
    public async Task The_same_registration_again_wakes_nobody()
    {
        await using TestServer server = await SeededAsync();
        Reply before = await server.GetAsync("/v1/health/service/web");
        Task<Reply> waiting = server.GetAsync(Waiting("/v1/health/service/web", before.Index));
        await WaitUntilWaitingAsync(server);

        await CatalogServer.RegisterAsync(server, Seed);

        Assert.Equal(before.Index, (await server.GetAsync("/v1/health/service/web")).Index);
        Assert.False(waiting.IsCompleted);
    }

    private static async Task<TestServer> SeededAsync()
    {
        TestServer server = await CatalogServer.StartAsync();
        foreach (string registration in new[] { Seed, SeedProxy, SeedOther })
            await CatalogServer.RegisterAsync(server, registration);
        return server;
    }

    private static string Waiting(string target, long index) => $"{target}{(target.Contains('?') ? '&' : '?')}index={index}&wait=60s";

    private static async Task WaitUntilWaitingAsync(TestServer server)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (server.Runtime.Watches.Count == 0)
        {
            Assert.False(limit.IsCancellationRequested, "nobody waits");
            await Task.Delay(1);
        }
    }
}
