namespace Maydon.Catalog.Writing;

/// <summary>The ways by which master data changes. What comes by none of them is <c>sql</c>.</summary>
internal static class ChangeWay
{
    public const string Api = "api";
    public const string Demo = "demo";
    public const string Import = "import";
}
