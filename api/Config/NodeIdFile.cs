using Praetor.Core.State.Catalog;

namespace Praetor.Api.Config;

/// <summary>The node's id: configured, or kept in the data directory from one start to the next (config 5, node_id).</summary>
public static class NodeIdFile
{
    private const string FileName = "node-id";

    /// <summary>Finds or makes the id.</summary>
    /// <param name="configured">node_id, or empty.</param>
    /// <param name="dataDirectory">Where the id is kept; empty makes a new one at every start.</param>
    /// <param name="newId">Makes an id.</param>
    /// <param name="nodeId">The id, lower case.</param>
    /// <returns>Null, or the error that ends the start.</returns>
    public static string? Resolve(string configured, string dataDirectory, Func<Guid> newId, out string nodeId)
    {
        nodeId = configured.ToLowerInvariant();
        if (nodeId.Length > 0 && NodeIds.Error(nodeId) is { } configuredError)
            return $"failed to setup node ID: specified NodeID is invalid: {configuredError}";
        if (dataDirectory.Length == 0)
        {
            nodeId = nodeId.Length > 0 ? nodeId : newId().ToString("D");
            return null;
        }

        try
        {
            var path = Path.Join(dataDirectory, FileName);
            if (nodeId.Length == 0 && File.Exists(path))
            {
                nodeId = File.ReadAllText(path).Trim().ToLowerInvariant();
                return NodeIds.Error(nodeId) is { } storedError ? $"failed to setup node ID: NodeID file {path} is invalid: {storedError}" : null;
            }

            nodeId = nodeId.Length > 0 ? nodeId : newId().ToString("D");
            Save(path, nodeId);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"failed to setup node ID: {e.Message}";
        }
    }

    /// <summary>Whole or not at all: a torn id would be another node's.</summary>
    private static void Save(string path, string nodeId)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var draft = path + ".tmp";
        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(nodeId));
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }
}
