using System.Security.Cryptography;
using System.Text;

namespace Praetor.Api.Config;

/// <summary>The node id of a machine that keeps its id over installations (disable_host_node_id = false, config 5).</summary>
public static class HostIdentity
{
    private static readonly string[] s_paths = ["/sys/class/dmi/id/product_uuid", "/etc/machine-id", "/proc/sys/kernel/random/boot_id"];

    /// <summary>Hides the machine's own id behind a hash, so that knowing a node's id tells nothing of the hardware; a random id where the machine has none.</summary>
    public static Guid NodeId() => s_paths.Select(Read).FirstOrDefault(static id => id is not null) is { } hostId ? Derive(hostId) : Guid.NewGuid();

    /// <summary>The id for a machine's id: the first 16 bytes of its SHA-512, in lower case.</summary>
    public static Guid Derive(string hostId) => new(SHA512.HashData(Encoding.UTF8.GetBytes(hostId.ToLowerInvariant())).AsSpan(0, 16), bigEndian: true);

    /// <summary>An id, with dashes as in a UUID.</summary>
    private static string? Read(string path)
    {
        try
        {
            string text = File.ReadAllText(path).Trim();
            return Guid.TryParse(text, out Guid id) ? id.ToString("D") : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
