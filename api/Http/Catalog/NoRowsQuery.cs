using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// A list of things that this datacenter cannot hold yet (imported instances, gateway bindings): always empty and always at
/// index 1, so waiters simply wait.
/// </summary>
/// <param name="isNull">Shown as <c>null</c> instead of <c>[]</c>.</param>
internal sealed class NoRowsQuery(bool isNull) : ReadQuery
{
    // No service has an empty name: nobody is ever woken under it.
    private const string Nameless = "";

    public override WatchTopic Topic => WatchTopic.Service(Nameless);

    public override long IndexOf(StateRoot root) => 1;

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        if (isNull)
        {
            json.Null();
            return ReadOutcome.Found;
        }

        json.BeginArray();
        json.EndArray();
        return ReadOutcome.Found;
    }
}
