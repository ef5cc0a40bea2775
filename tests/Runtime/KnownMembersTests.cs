using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Gossip;
using Praetor.Runtime.Gossip;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Runtime;

/// <summary>An agent finds its pool again after a restart (gossip-raft 3, snapshot file).</summary>
public sealed class KnownMembersTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();
    private readonly List<Member> _members = [Of("self", "10.0.0.1"), Of("other", "10.0.0.2"), Of("gone", "10.0.0.3", MemberStatus.Failed), Of("six", "fd00::6")];

    private string FilePath => Path.Combine(_directory.Path, "serf", "local.snapshot");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Living_members_are_remembered_the_own_node_is_not()
    {
        await using (KnownMembers known = Open())
            known.OnChange();

        Assert.Equal([IPEndPoint.Parse("10.0.0.2:8301"), IPEndPoint.Parse("[fd00::6]:8301")], Load());
    }

    [Fact]
    public async Task Changes_are_written_a_moment_later_together()
    {
        await using KnownMembers known = Open();
        known.OnChange();
        known.OnChange();
        Assert.False(File.Exists(FilePath));

        _time.Advance(TimeSpan.FromMilliseconds(500));

        SpinWait.SpinUntil(() => File.Exists(FilePath), TimeSpan.FromSeconds(10));
        Assert.Equal(2, Load().Count);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 2)]
    public async Task After_a_leave_members_are_tried_only_if_the_operator_wants_it(bool rejoinAfterLeave, int expected)
    {
        await using (KnownMembers known = Open())
            await known.OnLeaveAsync();

        Assert.Equal(expected, KnownMembers.Load(FilePath, rejoinAfterLeave, NullLogger.Instance).Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("alive: \nalive: x\nalive: x y\nnonsense\n\0\0\0")]
    [InlineData("alive: name 10.0.0.1:99999")]
    public void A_damaged_file_remembers_nobody(string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);

        Assert.Empty(Load());
    }

    [Fact]
    public void No_file_remembers_nobody() => Assert.Empty(Load());

    [Fact]
    public void A_name_may_hold_spaces()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "alive: my good node 10.0.0.7:8301\n");

        Assert.Equal([IPEndPoint.Parse("10.0.0.7:8301")], Load());
    }

    private KnownMembers Open() => new(FilePath, "self", () => _members, _time, NullLogger.Instance);

    private IReadOnlyList<IPEndPoint> Load() => KnownMembers.Load(FilePath, rejoinAfterLeave: false, NullLogger.Instance);

    private static Member Of(string name, string address, MemberStatus status = MemberStatus.Alive) =>
        new() { Name = name, Addr = address, Port = 8301, Tags = new SortedList<string, string>(), Status = status };
}
