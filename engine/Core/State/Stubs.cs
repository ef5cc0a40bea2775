#pragma warning disable CS1591, CA1822, CA1065
using Praetor.Core.State.Catalog;
namespace Praetor.Core.State
{
    public static partial class Commands
    {
        public static partial CommandBuffer KvSet(ReadOnlySpan<byte> key, ulong flags, long? casIndex, int valueCapacity) => throw new NotSupportedException();
        public static partial CommandBuffer KvDelete(ReadOnlySpan<byte> key, long? casIndex) => throw new NotSupportedException();
        public static partial CommandBuffer KvDeleteTree(ReadOnlySpan<byte> prefix) => throw new NotSupportedException();
        public static partial CommandBuffer KvReapTombstones(long throughIndex) => throw new NotSupportedException();
        public static partial CommandBuffer Register(RegisterRequest request) => throw new NotSupportedException();
        public static partial CommandBuffer Deregister(DeregisterRequest request) => throw new NotSupportedException();
    }
}
namespace Praetor.Core.State.Kv
{
    public sealed partial class KvTable
    {
        public partial bool TryGet(ReadOnlySpan<byte> key, out KvEntry entry) => throw new NotSupportedException();
        public partial IEnumerable<KeyValuePair<byte[], KvEntry>> Scan(byte[] prefix) => throw new NotSupportedException();
        public partial long TableIndex => throw new NotSupportedException();
        public partial long PrefixIndex(byte[] prefix) => throw new NotSupportedException();
        public partial int Count => throw new NotSupportedException();
    }
}
namespace Praetor.Core.State.Catalog
{
    public sealed partial class CatalogTables
    {
        public partial long NodesIndex => throw new NotSupportedException();
        public partial long ServicesIndex => throw new NotSupportedException();
        public partial long ChecksIndex => throw new NotSupportedException();
        public partial NodeRecord? FindNode(string name) => throw new NotSupportedException();
        public partial NodeRecord? FindNodeByNameOrId(string nameOrIdPrefix) => throw new NotSupportedException();
        public partial IEnumerable<NodeRecord> Nodes() => throw new NotSupportedException();
        public partial IEnumerable<ServiceRecord> ServicesOfNode(string node) => throw new NotSupportedException();
        public partial IEnumerable<CheckRecord> ChecksOfNode(string node) => throw new NotSupportedException();
        public partial ServiceRecord? FindService(string node, string serviceId) => throw new NotSupportedException();
        public partial CheckRecord? FindCheck(string node, string checkId) => throw new NotSupportedException();
        public partial IEnumerable<ServiceRecord> Services() => throw new NotSupportedException();
        public partial IEnumerable<CheckRecord> Checks() => throw new NotSupportedException();
        public partial IEnumerable<CheckRecord> ChecksOfService(string service) => throw new NotSupportedException();
        public partial IEnumerable<string> ServiceNames() => throw new NotSupportedException();
        public partial ServiceView Service(string name) => throw new NotSupportedException();
        public partial long NodeIndex(string node) => throw new NotSupportedException();
        public partial IEnumerable<NodeRecord> NodesByAddress(string address) => throw new NotSupportedException();
        public partial DerivedAnswers ServicesDerived => throw new NotSupportedException();
        public partial DerivedAnswers NodesDerived => throw new NotSupportedException();
        public partial DerivedAnswers ChecksDerived => throw new NotSupportedException();
        public partial bool IsUnchangedBy(RegisterRequest request) => throw new NotSupportedException();
        public partial bool IsUnchangedBy(DeregisterRequest request) => throw new NotSupportedException();
    }
}
