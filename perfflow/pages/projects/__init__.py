"""项目库 and the project page: what cuts across the stages of one project."""
