namespace Praetor.Core.State.Catalog;

/// <summary>Kinds of services with a meaning. Stored services may have any other text as kind (http-agent 2.9).</summary>
public static class ServiceKinds
{
    /// <summary>A plain service.</summary>
    public const string Typical = "";

    /// <summary>A proxy in front of another service.</summary>
    public const string ConnectProxy = "connect-proxy";

    /// <summary>A mesh gateway.</summary>
    public const string MeshGateway = "mesh-gateway";

    /// <summary>A terminating gateway.</summary>
    public const string TerminatingGateway = "terminating-gateway";

    /// <summary>An ingress gateway.</summary>
    public const string IngressGateway = "ingress-gateway";

    /// <summary>An API gateway.</summary>
    public const string ApiGateway = "api-gateway";

    /// <summary>One of the four gateways.</summary>
    public static bool IsGateway(string kind) => kind is MeshGateway or TerminatingGateway or IngressGateway or ApiGateway;
}
