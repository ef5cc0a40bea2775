using Praetor.Api.Config;

namespace Praetor.Tests.Config;

/// <summary>disable_host_node_id (config 5).</summary>
public sealed class HostIdentityTests
{
    [Fact]
    public void The_id_is_a_hash_of_the_machines_and_the_same_each_time()
    {
        // printf %s 0b2f3a54-6a0f-4a9d-8f0a-0123456789ab | sha512sum | cut -c1-32
        Assert.Equal("f119846ba8b7c68efa88cb05eae3233e", HostIdentity.Derive("0B2F3A54-6A0F-4A9D-8F0A-0123456789AB").ToString("N"));
    }
}
