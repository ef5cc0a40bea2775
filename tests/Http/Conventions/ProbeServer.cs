using Praetor.Api.Http;
using Praetor.Runtime;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>A server with a few routes that show what the conventions make of a request; shared by the tests of a class.</summary>
public sealed class ProbeServer : IAsyncLifetime
{
    /// <summary>The server.</summary>
    public TestServer Server { get; private set; } = null!;

    /// <summary>Maps the probe routes.</summary>
    public static void Map(RouteTable routes, ApiServices services)
    {
        routes.Map("GET,PUT", "/v1/probe", static request => request.RespondJsonAsync(json => json.String("exact")));
        routes.Map("GET,POST,PUT,DELETE", "/v1/probe/", static request => request.RespondJsonAsync(json => json.String(request.Tail)));
        routes.Map("GET", "/v1/probe/deep/", static request => request.RespondJsonAsync(json => json.String("deep " + request.Tail)));
        routes.Map("GET,PUT,DELETE", "/v1/empty", static request => request.RespondEmptyAsync());
        routes.Map("PUT", "/v1/snapshot", static request => request.RespondEmptyAsync());
        routes.Map("PUT", "/v1/event/fire/", static request => request.RespondEmptyAsync());
        routes.Map("", "/v1/own/", static request => request.RespondJsonAsync(json => json.String("own " + request.Method)));
        routes.Map("GET", "/v1/late", LateAsync);
        routes.Map("GET", "/v1/fault", static _ => throw new InvalidOperationException("the handler fell over"));
        routes.Map("GET", "/v1/overload", static _ => throw new OverloadedException());
        routes.Map("GET", "/v1/waiters", static _ => throw new TooManyWaitersException());
        routes.Map("GET", "/v1/latefault", LateFaultAsync);
        routes.Map("GET", "/v1/object", static request => request.RespondJsonAsync(WriteObject));
        routes.Map("GET", "/v1/long", static request => request.RespondJsonAsync(json => json.String(new string('x', 4000))));
        routes.Map("GET", "/v1/huge", static request => request.RespondJsonAsync(json => json.String(new string('x', 3_000_000))));
        routes.Map("GET", "/v1/options", OptionsAsync);
        routes.Map("GET", "/v1/catalog/options", OptionsAsync);
        routes.Map("PUT", "/v1/echo", EchoAsync);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(new TestServerOptions { Map = Map });

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static void WriteObject(Praetor.Api.Http.Json.GoJsonWriter json)
    {
        json.BeginObject();
        json.Member("A"u8, "<&>");
        json.Name("B"u8);
        json.StringListOrEmpty(["x"]);
        json.EndObject();
    }

    private static async ValueTask LateAsync(ApiRequest request)
    {
        await Task.Yield();
        await request.RespondTrueAsync();
    }

    private static async ValueTask LateFaultAsync(ApiRequest request)
    {
        await Task.Yield();
        throw new InvalidOperationException("the handler fell over late");
    }

    private static ValueTask OptionsAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal))
            return request.RefuseAsync(refusal);
        return request.RespondJsonAsync(json => json.String(
            $"{options.Consistency} index={options.Index} wait={options.Wait.TotalSeconds} cached={options.Cached} maxStale={options.MaxStale.TotalSeconds} dc={options.Datacenter}"));
    }

    private static async ValueTask EchoAsync(ApiRequest request)
    {
        byte[]? body = await request.ReadBodyAsync(100_000);
        if (body is null)
            await request.RespondErrorAsync(413, "too large");
        else
            await request.RespondJsonAsync(json => json.Utf8String(body));
    }
}
