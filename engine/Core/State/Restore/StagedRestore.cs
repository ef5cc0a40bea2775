namespace Praetor.Core.State.Restore;

/// <summary>
/// A state on its way in, piece by piece through the log, beside the one in force (http-core 8.4). Nobody sees it before it replaces that one in a single entry.
/// A part of the replicated state: a new leader and a server that starts again go on with it. Immutable.
/// </summary>
/// <param name="Id">Names this restore: pieces of another are refused.</param>
/// <param name="Next">Number of the piece that is due.</param>
/// <param name="HighestIndex">No index in the restored state is above this.</param>
/// <param name="Root">What has come so far.</param>
public sealed record StagedRestore(string Id, long Next, long HighestIndex, StateRoot Root);
