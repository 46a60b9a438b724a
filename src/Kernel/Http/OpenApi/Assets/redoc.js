Redoc.init("/api/schema/", { hideDownloadButton: false, requiredPropsFirst: true }, document.getElementById("redoc"));
