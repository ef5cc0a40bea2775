using System.Text.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent.Store;

/// <summary>A service on disk, but for its node, which is this one.</summary>
internal static class ServiceJson
{
    public static void Write(Utf8JsonWriter json, ServiceRecord service)
    {
        json.TextIfAny("Kind", service.Kind);
        json.WriteString("ID", service.Id);
        json.WriteString("Service", service.Name);
        json.TextList("Tags", service.Tags);
        json.TextIfAny("Address", service.Address);
        json.Map("TaggedAddresses", service.TaggedAddresses, static (writer, name, address) => writer.Object(name, address, static (members, value) =>
        {
            members.WriteString("Address", value.Address);
            members.WriteNumber("Port", value.Port);
        }));
        json.Map("Meta", service.Meta, static (writer, key, value) => writer.WriteString(key, value));
        json.IntIfAny("Port", service.Port);
        json.TextIfAny("SocketPath", service.SocketPath);
        json.WriteStartObject("Weights");
        json.WriteNumber("Passing", service.Weights.Passing);
        json.WriteNumber("Warning", service.Weights.Warning);
        json.WriteEndObject();
        json.FlagIfSet("EnableTagOverride", service.EnableTagOverride);
        json.Object("Locality", service.Locality, static (writer, locality) =>
        {
            writer.WriteString("Region", locality.Region);
            writer.WriteString("Zone", locality.Zone);
        });
        json.Object("Proxy", service.Proxy, ProxyJson.Write);
        json.FlagIfSet("ConnectNative", service.ConnectNative);
    }

    public static ServiceRecord Read(JsonElement json) => new()
    {
        Kind = json.Text("Kind"),
        Id = json.Text("ID"),
        Name = json.Text("Service"),
        Tags = json.TextList("Tags"),
        Address = json.Text("Address"),
        TaggedAddresses = json.Map("TaggedAddresses", static address => new ServiceAddress(address.Text("Address"), address.Int("Port"))),
        Meta = json.Map("Meta", static value => value.GetString() ?? ""),
        Port = json.Int("Port"),
        SocketPath = json.Text("SocketPath"),
        Weights = json.Child("Weights") is { } weights ? new ServiceWeights(weights.Int("Passing"), weights.Int("Warning")) : ServiceWeights.Default,
        EnableTagOverride = json.Flag("EnableTagOverride"),
        Locality = json.Child("Locality") is { } locality ? new Locality(locality.Text("Region"), locality.Text("Zone")) : null,
        Proxy = json.Child("Proxy") is { } proxy ? ProxyJson.Read(proxy) : null,
        ConnectNative = json.Flag("ConnectNative"),
    };
}
