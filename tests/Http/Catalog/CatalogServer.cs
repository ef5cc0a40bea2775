using System.Text.Json;
using System.Text.RegularExpressions;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Health;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Catalog;

/// <summary>A server with the catalog and health rooms, and a small catalog to ask about.</summary>
public sealed partial class CatalogServer : IAsyncLifetime
{
    /// <summary>Id of node n1.</summary>
    public const string NodeId = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

    private static readonly string[] Registrations =
    [
        $$$"""
        {"Node":"n1","ID":"{{{NodeId}}}","Address":"10.0.0.1","NodeMeta":{"env":"prod","rack":"a"},"TaggedAddresses":{"lan":"10.0.0.1"},
         "Service":{"ID":"web1","Service":"web","Tags":["v1","Primary"],"Port":80,"Meta":{"build":"7"}},
         "Checks":[{"CheckID":"web1-http","Name":"http","Status":"passing","ServiceID":"web1"},{"CheckID":"serfHealth","Name":"serf","Status":"passing"}]}
        """,
        """
        {"Node":"N2","Address":"10.0.0.2","NodeMeta":{"env":"dev"},
         "Service":{"ID":"web2","Service":"web","Tags":["v2"],"Port":81},
         "Check":{"CheckID":"web2-http","Name":"http","Status":"warning","ServiceID":"web2"}}
        """,
        """{"Node":"N2","SkipNodeUpdate":true,"Service":{"Service":"db"}}""",
        """{"Node":"N2","SkipNodeUpdate":true,"Service":{"Service":"api","Port":90,"Connect":{"Native":true}}}""",
        """{"Node":"n3","Address":"10.0.0.3","Check":{"Name":"disk","Notes":"full"}}""",
        """
        {"Node":"n1","SkipNodeUpdate":true,"Service":{"ID":"web1-proxy","Service":"web-sidecar-proxy","Kind":"connect-proxy","Port":21000,
         "Proxy":{"DestinationServiceName":"web","DestinationServiceID":"web1"}}}
        """,
    ];

    /// <summary>The server.</summary>
    public TestServer Server { get; private set; } = null!;

    /// <summary>Starts an empty server with the rooms under test.</summary>
    public static Task<TestServer> StartAsync(TestServerOptions? options = null) => TestServer.StartAsync((options ?? new TestServerOptions()) with
    {
        Map = static (routes, _) =>
        {
            CatalogRoom.Map(routes);
            HealthRoom.Map(routes);
        },
    });

    /// <summary>Registers something; it must be accepted.</summary>
    public static async Task RegisterAsync(TestServer server, string body)
    {
        Reply reply = await server.PutAsync("/v1/catalog/register", body);
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
    }

    /// <summary>Deregisters something.</summary>
    public static async Task DeregisterAsync(TestServer server, string body)
    {
        Reply reply = await server.PutAsync("/v1/catalog/deregister", body);
        Assert.Equal((200, "true"), (reply.Status, reply.Body));
    }

    /// <summary>The body with indexes masked: they depend on how the server started.</summary>
    public static string Masked(Reply reply) => Indexes().Replace(reply.Body, "Index\":#");

    /// <summary>One property of each element, or of an object's first-level objects, joined by spaces. Dots lead inwards.</summary>
    public static string Pluck(Reply reply, string path)
    {
        using JsonDocument document = JsonDocument.Parse(reply.Body);
        return string.Join(' ', document.RootElement.EnumerateArray().Select(element =>
            path.Split('.').Aggregate(element, static (inner, name) => inner.GetProperty(name)).ToString()));
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        Server = await StartAsync();
        foreach (string registration in Registrations)
            await RegisterAsync(Server, registration);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [GeneratedRegex("Index\":[0-9]+")]
    private static partial Regex Indexes();
}
