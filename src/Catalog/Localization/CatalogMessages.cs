namespace Maydon.Catalog.Localization;

/// <summary>Marks the folder whose <c>Messages*.resx</c> hold what this module says to people.</summary>
internal static class CatalogMessages;
