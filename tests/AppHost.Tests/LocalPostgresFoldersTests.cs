using Payments.LocalPostgres;

namespace Payments.AppHost.Tests;

public sealed class LocalPostgresFoldersTests
{
    [Fact]
    public void A_checkout_always_gets_the_same_folder()
    {
        Assert.Equal(LocalPostgresFolders.For("/src/payments", "payments"), LocalPostgresFolders.For("/src/payments/", "payments"));
    }

    [Fact]
    public void Another_checkout_of_the_same_name_gets_another_folder()
    {
        Assert.NotEqual(LocalPostgresFolders.For("/src/payments", "payments"), LocalPostgresFolders.For("/old/payments", "payments"));
    }

    [Fact]
    public void Servers_of_one_checkout_have_folders_of_their_own()
    {
        Assert.NotEqual(LocalPostgresFolders.For("/src/payments", "payments"), LocalPostgresFolders.For("/src/payments", "bench"));
    }

    [Fact]
    public void A_folder_is_never_inside_the_checkout()
    {
        var usual = LocalPostgresFolders.For("/src/payments", "payments");
        var checkoutAround = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(usual)))!;

        Assert.False(LocalPostgresFolders.For(checkoutAround, "payments").StartsWith(checkoutAround + "/", StringComparison.Ordinal));
    }
}
