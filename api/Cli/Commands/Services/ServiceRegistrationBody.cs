using System.Buffers;
using Praetor.Api.Config;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Cli.Commands.Services;

/// <summary>
/// Turns a service's block of a configuration file into the body of a registration: keys of blocks in CamelCase, content of maps as it is. Tokens stay
/// behind: the request's own token counts. Pure.
/// </summary>
internal static class ServiceRegistrationBody
{
    private const string Token = "token";

    /// <summary>The body.</summary>
    public static byte[] Of(ConfigValue service)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var json = new GoJsonWriter();
        json.Reset(buffer, pretty: false);
        WriteBlock(json, service, AgentSchema.Root.Find("services")!.Block!);
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteBlock(GoJsonWriter json, ConfigValue block, ConfigBlock schema)
    {
        json.BeginObject();
        foreach (var (key, value) in block.Members)
        {
            if (key == Token)
                continue;
            json.Name(CamelCase(key));
            WriteField(json, value, schema.Find(key)!);
        }

        json.EndObject();
    }

    private static void WriteField(GoJsonWriter json, ConfigValue value, ConfigField field)
    {
        switch (field.Type)
        {
            case ConfigType.Block:
                WriteBlock(json, value, field.Block!);
                break;
            case ConfigType.BlockList:
                json.BeginArray();
                foreach (var item in value.Items)
                    WriteBlock(json, item, field.Block!);
                json.EndArray();
                break;
            case ConfigType.BlockMap:
                json.BeginObject();
                foreach (var (name, item) in value.Members)
                {
                    json.Name(name);
                    WriteBlock(json, item, field.Block!);
                }

                json.EndObject();
                break;
            default:
                json.Any(ConfigBlockValues.ToJson(value));
                break;
        }
    }

    /// <summary>tagged_addresses to TaggedAddresses; the agent matches names in any case, so ID and TLS need no rule of their own.</summary>
    private static string CamelCase(string key) => string.Concat(key.Split('_').Select(word => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..]));
}
