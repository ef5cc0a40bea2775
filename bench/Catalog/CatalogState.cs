using System.Globalization;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Storage.Heap;

namespace Praetor.Bench.Catalog;

/// <summary>A catalog as the load scenarios fill it: services of some instances, each with a check, a node and its serfHealth.</summary>
internal static class CatalogState
{
    /// <summary>State with <paramref name="instances"/> instances of service web.</summary>
    public static StateRoot WithInstances(int instances)
    {
        var machine = new StateMachine(new MemoryRecordHeap());
        var changes = new ChangeSet();
        for (int i = 0; i < instances; i++)
        {
            using CommandBuffer command = Commands.Register(Registration(i));
            LogEntry entry = new(i + 1, 1, LogEntryKind.Command, command.Memory);
            machine.Apply([entry], new CommandResult[1], changes);
        }

        return machine.Root;
    }

    private static RegisterRequest Registration(int i)
    {
        string number = i.ToString(CultureInfo.InvariantCulture);
        return new RegisterRequest
        {
            Node = new NodeRecord { Name = "node" + number, Address = "10.0.0." + number, Datacenter = "dc1" },
            Service = new ServiceRecord
            {
                Id = "web" + number,
                Name = "web",
                Tags = ["v1", "primary"],
                Meta = new SortedList<string, string>(StringComparer.Ordinal) { ["version"] = "1" },
                Address = "10.0.0." + number,
                Port = 8080,
            },
            Checks =
            [
                new CheckRecord { CheckId = "serfHealth", Name = "Serf Health Status", Status = CheckStatus.Passing, Output = "Agent alive and reachable" },
                new CheckRecord { CheckId = "web" + number + ":http", Name = "http", Status = CheckStatus.Passing, ServiceId = "web" + number, Output = "HTTP GET: 200 OK" },
            ],
        };
    }
}
