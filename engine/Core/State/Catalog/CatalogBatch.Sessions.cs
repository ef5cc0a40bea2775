namespace Praetor.Core.State.Catalog;

/// <summary>Something that sessions may have been bound to.</summary>
/// <param name="Node">The node.</param>
/// <param name="CheckId">A check of it that was removed or turned critical; null if the node itself is gone.</param>
internal readonly record struct CatalogLoss(string Node, string? CheckId);

/// <summary>What sessions and the catalog have to do with each other (http-core 7.3).</summary>
internal sealed partial class CatalogBatch
{
    private readonly Queue<CatalogLoss> _losses = new();

    /// <summary>True if something went away that sessions may need.</summary>
    public bool HasLosses => _losses.Count > 0;

    /// <summary>The next of what went away; null if there is none.</summary>
    public CatalogLoss? TakeLoss() => _losses.TryDequeue(out CatalogLoss loss) ? loss : null;

    /// <summary>Nobody is interested.</summary>
    public void ForgetLosses() => _losses.Clear();

    /// <summary>A check as of now, or null.</summary>
    public CheckRecord? FindCheck(string node, string checkId) => _checks.TryGet(CatalogKey.Of(node, checkId), out CheckRecord? check) ? check : null;

    /// <summary>The checks of a node that tell whether a session of this name is there.</summary>
    public void TellSessionChecks(long index, string node, string sessionName, string status, string output)
    {
        if (sessionName.Length == 0 || !_nodes.TryGet(CatalogKey.Of(node), out NodeEntry? entry))
            return;
        foreach (CheckRecord check in Collect(_checks.Scan(CatalogKey.Below(node))))
        {
            if (check.Type == CheckTypes.Session && check.Definition?.SessionName == sessionName)
                WriteCheck(index, entry.Node, check with { Status = status, Output = output });
        }
    }
}
